//! The command line: what can be typed, and what each command starts.

pub mod agent;
mod args;
mod contact;
pub mod doctor;
pub mod kit;
mod own;
pub mod plan;
pub mod restore;
mod serve;
mod user;
pub mod verify;

use std::io::{Stdout, stdout};
use std::process::ExitCode;

use anyhow::Context as _;
use tokio::runtime::Runtime;

pub use args::{Args, Command, NewUser, Plan, User, parse};

use crate::cli::contact::{Contact, Role};
use crate::cli::kit::server::{Deed, Kit};
use crate::config::{self, Settings, Surroundings};
use crate::telemetry;

/// Does what was typed; the exit code is 0 when done and 1 when something was found wrong.
///
/// # Errors
/// What kept it from being done.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let good = match &args.command {
        Command::Plan(Plan::Check { file }) => plan::check(file, &mut stdout())?,
        Command::Verify { export: Some(file) } => verify::exported(file, &mut stdout())?,
        Command::Doctor { json } => diagnose(args, *json)?,
        Command::Agent(agent) => agent::run(agent)?,
        Command::Restore(restore) => restore::run(restore)?,
        Command::Kit(Kit { deed: Some(Deed::Open { file, into }), .. }) => {
            runtime()?.block_on(kit::opened::open(&[kit::opened::read(file)?], into))?
        }
        command => with_settings(args, command)?,
    };
    Ok(ExitCode::from(u8::from(!good)))
}

fn with_settings(args: &Args, command: &Command) -> anyhow::Result<bool> {
    let around = Surroundings::of_this_process()?;
    let settings = config::read(&args.flags, &around)?;
    telemetry::start(&settings.log.filter, settings.log.json)?;
    let runtime = runtime()?;
    runtime.block_on(async {
        if *command == Command::Serve {
            serve::run(settings, &around).await?;
            return Ok(true);
        }
        let contact = contact::make(&settings, &around, Role::Command).await?;
        let done = obey(command, &contact, &settings).await;
        contact.close().await;
        done
    })
}

/// Needs no settings that can be followed: it says what is wrong with them.
fn diagnose(args: &Args, json: bool) -> anyhow::Result<bool> {
    let around = Surroundings::of_this_process()?;
    telemetry::start("error", false)?;
    let report = runtime()?.block_on(doctor::examine(&args.flags, &around));
    report.print(json, &mut stdout())?;
    Ok(report.health() != doctor::Health::Bad)
}

fn runtime() -> anyhow::Result<Runtime> {
    let _ = rustls::crypto::ring::default_provider().install_default(); // set at most once
    Runtime::new().context("the runtime can't be started")
}

async fn obey(command: &Command, contact: &Contact, settings: &Settings) -> anyhow::Result<bool> {
    let Contact { db, ring, clock, .. } = contact;
    let mut out: Stdout = stdout();
    match command {
        Command::User(User::Add(new)) => println!("{}", user::add(contact, new).await?),
        Command::User(User::SetupLink) => {
            println!("{}", user::set_up_link(contact, settings).await?);
        }
        Command::Plan(Plan::Import { file }) => {
            return Ok(plan::import(db, file, clock.now(), &mut out).await?);
        }
        Command::Plan(Plan::Export { file }) => plan::export(db, file, &mut out).await?,
        Command::Verify { .. } => {
            let heads = settings.data.dir.join("heads.json");
            return Ok(verify::database(db, ring, &heads, &mut out).await?);
        }
        Command::Kit(kit) => return kit::server::run(kit, contact, settings).await,
        Command::Serve
        | Command::Agent(_)
        | Command::Restore(_)
        | Command::Doctor { .. }
        | Command::Plan(Plan::Check { .. }) => {}
    }
    Ok(true)
}
