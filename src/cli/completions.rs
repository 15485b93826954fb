//! `coldstart completions`: what a shell needs to complete our words.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::output::Output;
use super::{CliError, Outcome};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  coldstart completions bash > ~/.local/share/bash-completion/completions/coldstart")]
pub(super) struct Arguments {
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(it: &Arguments, output: &mut Output) -> Result<Outcome, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(it.shell, &mut super::Arguments::command(), "coldstart", &mut script);
    output.raw(&script)?;
    Ok(Outcome::Done)
}
