//! Parses, runs, and turns the outcome into an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use muster::cli::{self, Args};

fn main() -> ExitCode {
    match cli::run(&Args::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("muster: {error:#}");
            ExitCode::FAILURE
        }
    }
}
