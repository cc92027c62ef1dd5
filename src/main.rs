//! Parses, runs, and turns the outcome into an exit code.

use std::process::ExitCode;

use muster::cli;

fn main() -> ExitCode {
    match cli::run(&cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("muster: {error:#}");
            ExitCode::FAILURE
        }
    }
}
