//! The commands: keys, offices, a node, and what a hospital does over the nodes.

mod commands;
mod config;
mod files;
mod report;

use std::process::ExitCode;

use clap::Parser;

use commands::Arguments;
use report::{At, Failure};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.say("medseal-consortium");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    match Arguments::try_parse() {
        Ok(arguments) => commands::run(arguments),
        Err(error) if !error.use_stderr() => error.print().at("printing the help"),
        Err(error) => {
            let text = error.to_string();
            let line = text.lines().take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
            Err(Failure::new(line.strip_prefix("error: ").unwrap_or(&line)))
        }
    }
}
