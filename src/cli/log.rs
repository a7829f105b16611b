//! What `RUST_LOG` shows: the program's own log, on standard error.

use std::io;

use tracing_subscriber::EnvFilter;

use super::output;

/// Starts the log; without `RUST_LOG` it holds warnings and errors only. `RUST_LOG=forestsim=debug`
/// shows each event as it is recorded, stamped with virtual time.
///
/// Lines carry no time of their own: the wall clock has no place in a simulated world.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(output::colour_on(&io::stderr()))
        .without_time();
    // Only a second start could fail, and then the first one goes on.
    let _ = log.try_init();
}
