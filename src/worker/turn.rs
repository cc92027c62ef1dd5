//! One round of work.

use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, MissedTickBehavior, interval};

use super::settler::Settler;
use super::{Toolbox, send_delivery};
use crate::actions::turns::{self, Begun};
use crate::actions::{self, ActionError, ActionResult, DEADLINE, paging, quarantine};
use crate::db::Faulty as _;
use crate::domain::clocks::Kind;
use crate::fail;
use crate::queue::{self, Claimed, End};

/// How much is sent at once by one channel; there is one channel so far.
const SLOTS: usize = 32;
const HEARTBEAT: Duration = Duration::from_secs(3);
const LISTEN_EVERY: Duration = Duration::from_secs(5);

/// The jobs in hand.
pub(super) struct Hands {
    running: JoinSet<()>,
    settler: Settler,
    listened: Option<Instant>,
}

impl Hands {
    pub(super) fn new(toolbox: &Toolbox) -> Hands {
        let settler = Settler::start(toolbox.db.clone(), toolbox.clock.clone());
        Hands { running: JoinSet::new(), settler, listened: None }
    }

    /// Returns when one is done; for ever where there is none.
    pub(super) async fn one_done(&mut self) {
        if self.running.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    pub(super) async fn all_done(&mut self) {
        while self.running.join_next().await.is_some() {}
    }

    /// Silent agents and exposed databases are looked for now and then, not with every turn of a busy worker.
    fn is_time_to_listen(&mut self) -> bool {
        let due = self.listened.is_none_or(|at| at.elapsed() >= LISTEN_EVERY);
        if due {
            self.listened = Some(Instant::now());
        }
        due
    }

    /// How many more may run; those that end in one moment free their slots together.
    fn free(&mut self) -> usize {
        while self.running.try_join_next().is_some() {}
        SLOTS.saturating_sub(self.running.len())
    }
}

/// Fires all due clocks and begins due jobs, as many as there are free slots beside those that run
/// already; returns how much it did.
pub(super) async fn begin(toolbox: &Toolbox, hands: &mut Hands) -> ActionResult<usize> {
    let Toolbox { db, clock, worked, .. } = toolbox;
    let mut count = match turns::begin(db, clock, worked).await? {
        Begun::Quarantined => return Ok(0),
        Begun::Return => come_back(toolbox).await?,
        Begun::Work => 0,
    };
    count += actions::clocks::fire_due(db, clock.now()).await?;
    if hands.is_time_to_listen() {
        count += actions::sites::silence::tell(db, clock.now()).await?;
        count += actions::databases::alarms::tell(db, clock.now()).await?;
    }
    let claimed = match hands.free() {
        0 => Vec::new(),
        free => claim(toolbox, free).await?,
    };
    count += claimed.len();
    for claimed in claimed {
        hands.running.spawn(perform(toolbox.clone(), hands.settler.clone(), claimed));
    }
    Ok(count)
}

async fn claim(toolbox: &Toolbox, free: usize) -> ActionResult<Vec<Claimed>> {
    let (free, now) = (i64::try_from(free).unwrap_or(i64::MAX), toolbox.clock.now());
    toolbox
        .db
        .transaction(DEADLINE, async |conn| {
            if quarantine::is_on(conn).await? {
                return Ok(Vec::new());
            }
            Ok::<_, ActionError>(queue::claim(conn, free, now).await?)
        })
        .await
}

/// Nobody has worked for long. What is due beside pages is done, so that the digests tell of it; then
/// all that waits goes into them, and paging begins anew.
async fn come_back(toolbox: &Toolbox) -> ActionResult<usize> {
    let Toolbox { db, clock, worked, .. } = toolbox;
    let kinds: Vec<_> = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Escalate).collect();
    let mut count = 0;
    loop {
        match actions::clocks::fire_kinds(db, &kinds, clock.now()).await? {
            0 => break,
            fired => count += fired,
        }
    }
    fail::point("digest.clocks").await?;
    match paging::fold(db, clock, worked).await {
        Ok(digests) => Ok(count + digests),
        Err(error) if error.is_fault() => Err(error),
        Err(error) => {
            tracing::error!(%error, "the digests could not be made; what waits is sent singly");
            turns::go_on(db, clock, worked).await?;
            Ok(count)
        }
    }
}

/// One round to its end, for who works without a loop; returns how much it did.
pub async fn turn(toolbox: &Toolbox) -> ActionResult<usize> {
    let mut hands = Hands::new(toolbox);
    let count = begin(toolbox, &mut hands).await?;
    hands.all_done().await;
    Ok(count)
}

/// A job that cannot be settled for want of the database runs again when its lease has lapsed.
async fn perform(toolbox: Toolbox, settler: Settler, claimed: Claimed) {
    tokio::select! {
        () = run(&toolbox, &settler, &claimed) => {}
        () = lease_lost(&toolbox, &claimed) => {}
    }
}

async fn run(toolbox: &Toolbox, settler: &Settler, claimed: &Claimed) {
    let ended = match claimed.job {
        Some(job) => send_delivery::run(toolbox, job).await,
        None => Ok(End::Dead("its arguments are damaged".to_owned())),
    };
    match ended {
        Ok(end) => settler.put_down(claimed.clone(), end).await,
        Err(error) => {
            tracing::warn!(job.id = %claimed.id, %error, "a job did not end; it runs again");
        }
    }
}

/// Prolongs the lease while the body runs; returns once the job is another's.
async fn lease_lost(toolbox: &Toolbox, claimed: &Claimed) {
    let mut beat = interval(HEARTBEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.tick().await;
    loop {
        beat.tick().await;
        let now = toolbox.clock.now();
        let kept = toolbox
            .db
            .transaction(DEADLINE, async |conn| {
                Ok::<_, ActionError>(queue::heartbeat(conn, claimed, now).await?)
            })
            .await;
        if matches!(kept, Ok(false)) {
            return;
        }
    }
}
