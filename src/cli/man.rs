//! `coldstart man`: the manual, one page with a section for each command.

use std::io;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use super::output::Output;
use super::{CliError, Outcome};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  coldstart man | man -l -\n  coldstart man > ~/.local/share/man/man1/coldstart.1")]
pub(super) struct Arguments {}

pub(super) fn run(output: &mut Output) -> Result<Outcome, CliError> {
    output.raw(&page(&super::Arguments::command())?)?;
    Ok(Outcome::Done)
}

fn page(program: &Command) -> io::Result<Vec<u8>> {
    let whole = Man::new(program.clone());
    let mut page = Vec::new();
    whole.render_title(&mut page)?;
    whole.render_name_section(&mut page)?;
    whole.render_synopsis_section(&mut page)?;
    whole.render_description_section(&mut page)?;
    whole.render_options_section(&mut page)?;
    page.extend(examples(&whole)?);
    // A command's commands stand behind it, so that one reads from `new` to `new exercise`.
    let mut left: Vec<Command> = commands_of(program);
    while let Some(command) = left.pop() {
        left.extend(commands_of(&command));
        page.extend(section(command)?);
    }
    whole.render_version_section(&mut page)?;
    Ok(page)
}

/// The commands right below `command`, last first, each named as it is typed: `coldstart new exercise`.
fn commands_of(command: &Command) -> Vec<Command> {
    let named = command.get_subcommands().map(|it| {
        let typed = format!("{} {}", command.get_bin_name().unwrap_or(command.get_name()), it.get_name());
        it.clone().bin_name(typed)
    });
    named.collect::<Vec<_>>().into_iter().rev().collect()
}

/// One command as a section of the page: what would be sections on a page of its own are below it.
fn section(command: Command) -> io::Result<Vec<u8>> {
    let title = command.get_bin_name().unwrap_or(command.get_name()).to_uppercase();
    let man = Man::new(command);
    let mut parts = Vec::new();
    man.render_description_section(&mut parts)?;
    man.render_synopsis_section(&mut parts)?;
    man.render_options_section(&mut parts)?;
    parts.extend(examples(&man)?);
    let parts = String::from_utf8(parts).map_err(io::Error::other)?;
    let lines = parts.lines().filter(|line| !line.starts_with(".SH DESCRIPTION")).map(|line| {
        let lower = line.strip_prefix(".SH ").map(|heading| format!(".SS {heading}"));
        lower.unwrap_or_else(|| line.to_owned()) + "\n"
    });
    Ok(format!(".SH \"{title}\"\n{}", lines.collect::<String>()).into_bytes())
}

/// What stands below a command's help: the examples. Their lines stay as they are.
fn examples(man: &Man) -> io::Result<Vec<u8>> {
    let mut part = Vec::new();
    man.render_extra_section(&mut part)?;
    let part = String::from_utf8(part).map_err(io::Error::other)?;
    let lines: Vec<&str> = part.lines().filter(|line| !line.starts_with('.') && *line != "Example:").collect();
    Ok(if lines.is_empty() {
        Vec::new()
    } else {
        format!(".SH EXAMPLES\n.nf\n{}\n.fi\n", lines.join("\n")).into_bytes()
    })
}
