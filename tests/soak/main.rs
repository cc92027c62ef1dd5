//! Kills and power cuts, at random moments, under people who write: `make soak` and `make
//! power-cut`. All that was answered with success must be there afterwards, exactly once.
//!
//! The program is the real one, with a Postgres of its own, and mail goes to a real server. Only
//! this process remembers what was answered, and nothing kills this one.

#![cfg(test)] // says so to clippy, which then lets helpers unwrap

mod audit;
mod client;
mod disk;
mod kills;
mod ledger;
mod machine;
mod power;
mod random;
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;
use std::time::Duration;

use random::Random;

/// How long one runs, and in which order.
struct Order {
    seed: u64,
    rounds: usize,
    time: Duration,
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let what = words.next().unwrap_or_default();
    let order = Order::read(words);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("{what}: seed {}; SEED={0} repeats the order of what happens", order.seed);
    let outcome = runtime.block_on(async {
        match &*what {
            "kills" => kills::run(&order).await,
            "power-cut" => power::run(&order).await,
            other => Err(format!("{other:?} is neither kills nor power-cut")),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("FAILED: {why}");
            ExitCode::FAILURE
        }
    }
}

impl Order {
    /// `seed=7 rounds=40 minutes=5`, each or none of them.
    fn read(words: impl Iterator<Item = String>) -> Order {
        let mut order = Order { seed: 0, rounds: usize::MAX, time: Duration::MAX };
        for word in words {
            match word.split_once('=') {
                Some((_, "")) => {}
                Some(("seed", seed)) => order.seed = seed.parse().expect("SEED is a number"),
                Some(("rounds", rounds)) => {
                    order.rounds = rounds.parse().expect("ROUNDS is a number");
                }
                Some(("minutes", minutes)) => {
                    let minutes: u64 = minutes.parse().expect("MINUTES is a number");
                    order.time = Duration::from_secs(minutes * 60);
                }
                _ => panic!("not understood: {word}"),
            }
        }
        if order.seed == 0 {
            order.seed = Random::fresh_seed();
        }
        order
    }
}
