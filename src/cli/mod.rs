//! The command line: what can be typed, and what each command starts.

mod args;
mod contact;
mod plan;
mod serve;
mod user;

use std::process::ExitCode;

use anyhow::Context as _;
use tokio::runtime::Runtime;

pub use args::{Args, Command, NewUser, Plan, User};

use crate::cli::contact::Role;
use crate::config::{self, Settings, Surroundings};
use crate::telemetry;

/// Does what was typed; the exit code is 0 when done and 1 when something was found wrong.
///
/// # Errors
/// What kept it from being done.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if let Command::Plan(Plan::Check { file }) = &args.command {
        let report = plan::check(file)?;
        println!("{}", report.text);
        return Ok(ExitCode::from(u8::from(!report.good)));
    }
    let around = Surroundings::of_this_process()?;
    let settings = config::read(&args.flags, &around)?;
    telemetry::start(&settings.log.filter, settings.log.json)?;
    let _ = rustls::crypto::ring::default_provider().install_default(); // set at most once
    let runtime = Runtime::new().context("the runtime can't be started")?;
    runtime.block_on(obey(&args.command, settings, &around))?;
    Ok(ExitCode::SUCCESS)
}

async fn obey(command: &Command, settings: Settings, around: &Surroundings) -> anyhow::Result<()> {
    if *command == Command::Serve {
        return serve::run(settings, around).await;
    }
    let contact = contact::make(&settings, around, Role::Command).await?;
    let said = match command {
        Command::User(User::Add(new)) => user::add(&contact, new).await,
        Command::User(User::SetupLink) => user::set_up_link(&contact, &settings).await,
        Command::Serve | Command::Plan(_) | Command::Verify { .. } => Ok(String::new()),
    };
    contact.close().await;
    println!("{}", said?);
    Ok(())
}
