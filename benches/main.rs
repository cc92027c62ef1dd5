//! `make bench`: Muster beside its peers on this very machine, in ratios of one run. It measures, and judges nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that can't go on stops"
)]

mod agent;
mod figures;
mod incident;
mod nginx;
mod queue;
mod site;
mod start;
mod status;
mod watchers;
mod wrk;

#[path = "../tests/support/mod.rs"]
mod support;

const ALL: [&str; 6] = ["status", "queue", "incident", "watchers", "start", "agent"];

/// How often each side of a comparison is measured, in turns.
const ROUNDS: usize = 5;

fn main() {
    let asked: Vec<String> =
        std::env::args().skip(1).filter(|one| !one.starts_with("--")).collect();
    if let Some(unknown) = asked.iter().find(|one| !ALL.contains(&one.as_str())) {
        eprintln!("no bench is called {unknown}; there are {}", ALL.join(", "));
        std::process::exit(2);
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for name in
        ALL.into_iter().filter(|name| asked.is_empty() || asked.iter().any(|one| one == name))
    {
        println!("\n== {name} ==");
        runtime.block_on(async {
            match name {
                "status" => status::run().await,
                "queue" => queue::run().await,
                "incident" => incident::run().await,
                "watchers" => watchers::run().await,
                "agent" => agent::run().await,
                _ => start::run().await,
            }
        });
    }
}
