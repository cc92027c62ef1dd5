//! `make power-cut`: the disk under Muster and its Postgres loses, at random moments, all that was
//! not written through to it. And once more with a Postgres that does not write through: there
//! something must be lost, or this test could not find anything.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::Order;
use crate::audit;
use crate::client::Clients;
use crate::disk::Disk;
use crate::kills::{bound, check, open_to_postgres};
use crate::ledger::Ledger;
use crate::machine::Machine;
use crate::random::Random;
use crate::support::smtp::Sink;

/// How long a database that was damaged by a lie may take to come back, if it ever does.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn run(order: &Order) -> Result<(), String> {
    let mut random = Random::of(order.seed);
    let mut honest = Scene::start(&mut random).await?;
    println!("Postgres: {}", honest.machine.promises().await);
    for round in 1..=order.rounds {
        honest.cut(&mut random).await?;
        honest.machine.serve();
        honest.machine.is_ready().await;
        let answered = check(&honest.machine, &honest.ledger).await?;
        println!("cut {round}: {answered} answered with success, all there once");
    }
    let answered = honest.end().await?;
    let lost = lie(&mut random).await?;
    println!(
        "\nn = {n} power cuts; {answered} deeds answered with success: 0 lost, 0 doubled\n\
         control, with fsync=off: {lost}\n\
         {}",
        bound(order.rounds, "cuts"),
        n = order.rounds
    );
    Ok(())
}

/// The same once more, where Postgres writes nothing through: what was lost, in words.
async fn lie(random: &mut Random) -> Result<String, String> {
    let mut scene = Scene::start(random).await?;
    scene.machine.lie().await;
    scene.disk.sync()?; // so that what is lost was answered since, and no cluster falls apart
    scene.cut(random).await?;
    scene.clients.abandon(); // what they were told may be gone, their sessions too
    let done = scene.ledger.done();
    scene.machine.serve();
    let lost = match scene.machine.comes_back(PATIENCE).await {
        false => "its database did not come back at all".to_owned(),
        true => {
            let read = audit::deeds(&mut scene.machine.database().await, &done).await;
            let faults = read.map_err(|error| error.to_string())?;
            if faults.is_empty() {
                return Err(format!(
                    "with fsync=off {} deeds were answered with success and nothing was lost: this \
                     test can't find a loss here",
                    done.len()
                ));
            }
            format!("{} of {} deeds answered with success were lost", faults.len(), done.len())
        }
    };
    scene.abandon().await?;
    Ok(lost)
}

/// Muster on a disk of its own, and people who write.
struct Scene {
    machine: Machine,
    disk: Disk,
    ledger: Arc<Ledger>,
    clients: Clients,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn start(random: &mut Random) -> Result<Scene, String> {
        let folder = tempfile::Builder::new().prefix("muster-cut-").tempdir().unwrap();
        open_to_postgres(folder.path());
        let disk = Disk::new(folder.path())?;
        let (sink, ledger) = (Arc::new(Sink::start().await), Arc::new(Ledger::default()));
        let mail = format!("{}?tls=none", sink.url());
        let machine = Machine::start(disk.at(), folder.path(), mail).await;
        let clients = Clients::start(&machine, &sink, &ledger, random).await;
        Ok(Scene { machine, disk, ledger, clients, _folder: folder })
    }

    /// Lets people write for a while, cuts the power, and brings the disk back.
    async fn cut(&mut self, random: &mut Random) -> Result<(), String> {
        let before = self.ledger.count();
        sleep(Duration::from_millis(500 + random.below(3_000) as u64)).await;
        while self.ledger.count() < before + 20 {
            sleep(Duration::from_millis(10)).await; // nothing is proven where nothing was answered
        }
        self.disk.cut_power()?;
        self.machine.lose_power().await;
        self.disk.unmount().await?;
        self.disk.mount()
    }

    /// Ends it in good order; how much was answered, all of it there.
    async fn end(self) -> Result<usize, String> {
        let Scene { machine, disk, ledger, clients, _folder } = self;
        clients.finish().await;
        let answered = check(&machine, &ledger).await?;
        drop(machine);
        disk.unmount().await?;
        Ok(answered)
    }

    /// Ends it as it is.
    async fn abandon(mut self) -> Result<(), String> {
        self.machine.lose_power().await;
        self.disk.unmount().await
    }
}
