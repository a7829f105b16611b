//! `forestsim completions` and `forestsim man`: what a shell and a manual make of the commands. Both
//! come out of the same declaration as `--help`.

use std::io;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::exit::InputError;
use super::{Arguments, Exit, Stop, output};

/// Prints completions of commands and options for a shell
///
/// For bash: forestsim completions bash > ~/.local/share/bash-completion/completions/forestsim
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub fn execute(self) -> Result<Exit, Stop> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "forestsim", &mut script);
        output::print(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Met)
    }
}

/// Prints the manual page, of forestsim or of one of its commands
///
/// To read it at once: forestsim man | man -l -
#[derive(Debug, Args)]
pub struct Man {
    /// The command; the page of all where none is named
    command: Option<String>,
}

impl Man {
    pub fn execute(self) -> Result<Exit, Stop> {
        let mut program = Arguments::command();
        program.build();
        let command = match &self.command {
            Some(name) => program.find_subcommand(name).ok_or_else(|| unknown(&program, name))?.clone(),
            None => program.clone(),
        };
        let mut page = Vec::new();
        let written: io::Result<()> = clap_mangen::Man::new(command).render(&mut page);
        written.map_err(InputError::Output)?;
        output::print(&String::from_utf8_lossy(&page))?;
        Ok(Exit::Met)
    }
}

fn unknown(program: &clap::Command, name: &str) -> InputError {
    let names: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
    let nearest = super::files::nearest(name, names.iter().copied());
    InputError::NoSuchCommand {
        name: name.to_owned(),
        help: match nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("the commands are {}", names.join(", ")),
        },
    }
}
