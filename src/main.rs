//! The `forestsim` program; see [`forestsim::cli`].

fn main() -> std::process::ExitCode {
    forestsim::cli::main()
}
