//! The command line: arguments in, text and an exit code out, one file per sub-command.
//!
//! Results go to standard output; errors, progress and logs go to standard error. A command ends with
//! an [`Exit`]; what keeps it from its end is a [`Stop`].
//!
//! - [`exit`]: exit codes, and the errors that lead to them
//! - [`files`]: which scenario files a path names
//! - [`output`]: standard output, terminals, and files written whole or not at all
//! - [`log`]: what `RUST_LOG` shows

pub mod exit;
pub mod files;
pub mod log;
pub mod output;

mod check;
mod completions;
mod coverage;
mod demo;
mod diff;
mod explain;
mod graph;
mod new;
mod report;
mod rules;
mod run;
mod schema;
mod test;

pub use exit::{Exit, Stop};

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

const EXIT_CODES: &str = "Exit codes:
  0  every expectation is met
  1  an expectation failed
  2  wrong usage, or a file that cannot be read or is not well-formed
  3  a run is not deterministic, or there is a fault in forestsim itself";

/// Plays scenarios of forests, trusts and federation, message by message, and says for every decision
/// which rule made it and why.
#[derive(Debug, Parser)]
#[command(name = "forestsim", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Run),
    Test(test::Test),
    Check(check::Check),
    Demo(demo::Demo),
    Diff(diff::Diff),
    Explain(explain::Explain),
    Graph(graph::Graph),
    Report(report::Report),
    Rules(rules::Rules),
    Schema(schema::Schema),
    New(new::New),
    Completions(completions::Completions),
    Man(completions::Man),
}

/// Text for people, or JSON for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// For reading.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Runs the program with the arguments and the standard streams of this process.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log::start();
    let played = catch_unwind(AssertUnwindSafe(|| execute(arguments.command)));
    let exit = match played {
        Ok(Ok(exit)) => exit,
        Ok(Err(stop)) => stop.tell(),
        Err(_) => {
            eprintln!("This is a fault in forestsim itself, not in the scenario; please report it.");
            Exit::Fault
        }
    };
    exit.into()
}

fn execute(command: Command) -> Result<Exit, Stop> {
    match command {
        Command::Run(run) => run.execute(),
        Command::Test(test) => test.execute(),
        Command::Check(check) => check.execute(),
        Command::Demo(demo) => demo.execute(),
        Command::Diff(diff) => diff.execute(),
        Command::Explain(explain) => explain.execute(),
        Command::Graph(graph) => graph.execute(),
        Command::Report(report) => report.execute(),
        Command::Rules(rules) => rules.execute(),
        Command::Schema(schema) => schema.execute(),
        Command::New(new) => new.execute(),
        Command::Completions(completions) => completions.execute(),
        Command::Man(man) => man.execute(),
    }
}
