//! `make soak`: at random moments `muster serve`, Postgres' first process or one of its backends
//! is killed.

use std::collections::BTreeMap;
use std::fmt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::Executor;
use tokio::time::sleep;

use crate::Order;
use crate::audit;
use crate::client::Clients;
use crate::ledger::{Deed, Ledger};
use crate::machine::Machine;
use crate::random::Random;
use crate::support::smtp::Sink;

/// How long the database may take to be read, and all mails to leave, on a machine with much to do.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Victim {
    Serve,
    Postmaster,
    Backend,
}

impl fmt::Display for Victim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Victim::Serve => "muster serve",
            Victim::Postmaster => "postmaster",
            Victim::Backend => "backend",
        })
    }
}

pub(super) async fn run(order: &Order) -> Result<(), String> {
    let folder = tempfile::Builder::new().prefix("muster-soak-").tempdir().unwrap();
    open_to_postgres(folder.path());
    let mut random = Random::of(order.seed);
    let (sink, ledger) = (Arc::new(Sink::start().await), Arc::new(Ledger::default()));
    let mail = format!("{}?tls=none", sink.url());
    let mut machine = Machine::start(folder.path(), folder.path(), mail).await;
    println!("Postgres: {}", machine.promises().await);
    let clients = Clients::start(&machine, &sink, &ledger, &mut random).await;
    let mut kills: BTreeMap<Victim, usize> = BTreeMap::new();
    let begun = Instant::now();
    for round in 1..=order.rounds {
        if begun.elapsed() > order.time {
            break;
        }
        sleep(Duration::from_millis(300 + random.below(2_200) as u64)).await;
        let victim = kill(&mut machine, &mut random);
        *kills.entry(victim).or_default() += 1;
        machine.is_ready().await;
        let answered = check(&machine, &ledger).await?;
        println!("kill {round}, {victim}: {answered} answered with success, all there once");
    }
    clients.finish().await;
    let (mails, twice) = wait_for_mails(&machine, &sink).await?;
    let answered = check(&machine, &ledger).await?;
    catches_a_loss(&machine, &ledger).await?;
    sum_up(&kills, answered, (mails, twice));
    Ok(())
}

/// Postgres runs as a user of its own where this is root.
pub(super) fn open_to_postgres(folder: &Path) {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711)).unwrap();
}

/// Kills what chance says; where that is not there just now, serve.
fn kill(machine: &mut Machine, random: &mut Random) -> Victim {
    let (victim, chosen) = (random.below(3), random.below(1_000));
    match victim {
        1 if machine.kill_postmaster() => return Victim::Postmaster,
        2 if machine.kill_backend(chosen) => return Victim::Backend,
        _ => {}
    }
    machine.kill_serve();
    machine.serve();
    Victim::Serve
}

/// Holds what was answered against what is there; how much that was.
pub(super) async fn check(machine: &Machine, ledger: &Ledger) -> Result<usize, String> {
    let begun = Instant::now();
    let done = ledger.done(); // before the look: what is answered meanwhile is not missed
    let faults = loop {
        // Who was let in just before the others noticed a death is cut off with them.
        match audit::deeds(&mut machine.database().await, &done).await {
            Ok(faults) => break faults,
            Err(error) if begun.elapsed() > PATIENCE => return Err(error.to_string()),
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    };
    if !faults.is_empty() {
        return Err(format!("of {} answered with success:\n{}", done.len(), faults.join("\n")));
    }
    let mut verified = machine.verifies();
    while verified.is_err() && begun.elapsed() < PATIENCE {
        verified = machine.verifies(); // a chain that is broken stays so; a connection does not
    }
    verified.map(|()| done.len())
}

async fn wait_for_mails(machine: &Machine, sink: &Sink) -> Result<(usize, usize), String> {
    let begun = Instant::now();
    let mut connection = machine.database().await;
    loop {
        let unsent = audit::unsent(&mut connection).await;
        if unsent == 0 {
            let held = audit::mails(&mut connection, &sink.mails()).await;
            return held.map_err(|faults| faults.join("\n"));
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("{unsent} mails were not sent within {PATIENCE:?}"));
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// Takes one entry away behind everybody's back: a check that does not see it is worth nothing.
async fn catches_a_loss(machine: &Machine, ledger: &Ledger) -> Result<(), String> {
    let done = ledger.done();
    let note = done.iter().find_map(|deed| match deed {
        Deed::Note { id, .. } => Some(*id),
        _ => None,
    });
    let id = note.ok_or("nobody wrote a note")?;
    let sql = format!(
        "set session_replication_role = replica;
         delete from entry_bodies b using entries e
         where e.stream = b.stream and e.seq = b.seq and e.id = '{id}';
         delete from entries where id = '{id}'"
    );
    let mut connection = machine.database().await;
    connection.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    let faults = audit::deeds(&mut connection, &done).await.map_err(|error| error.to_string())?;
    match (faults.len(), machine.verifies()) {
        (1, Err(_)) => {
            println!("control: an entry was taken away, and both checks found it");
            Ok(())
        }
        (count, verified) => Err(format!(
            "an entry was taken away: {count} found missing, muster verify: {verified:?}"
        )),
    }
}

fn sum_up(kills: &BTreeMap<Victim, usize>, answered: usize, (mails, twice): (usize, usize)) {
    let n: usize = kills.values().sum();
    let each: Vec<_> = kills.iter().map(|(victim, count)| format!("{victim} {count}")).collect();
    println!(
        "\nn = {n} kills ({}); {answered} deeds answered with success: 0 lost, 0 doubled\n\
         {mails} pages and notices, each sent; {twice} of them twice, with both sends on record\n\
         Every timeline is whole. {}",
        each.join(", "),
        bound(n, "kills")
    );
}

/// What none in n tells of the next: the rule of three.
pub(super) fn bound(n: usize, of: &str) -> String {
    let most = (300.0 / n as f64).min(100.0);
    format!(
        "With no loss in {n} {of}, at most 3/{n} = {most:.1} % of such {of} lose anything (95 % \
         confidence)."
    )
}
