//! Named fail points: the places between two steps with an effect, where a test may kill the
//! process, lose the task, make the step fail, or hold it still to look around. Nothing arms them
//! outside tests, and an unarmed point costs one atomic load.

use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

use nix::sys::signal::{Signal, raise};
use tokio::sync::watch;

/// Every point in the source, in alphabetical order, so that a test can count and walk them.
pub const POINTS: &[&str] = &[
    "answer.committed",
    "answer.kept",
    "answer.said",
    "answer.taken",
    "declare.begun",
    "declare.clocks",
    "declare.committed",
    "declare.paged",
    "declare.planned_words",
    "declare.said",
    "digest.clocks",
    "digest.committed",
    "digest.folded",
    "digest.made",
    "look.committed",
    "look.kept",
    "merge.brought",
    "merge.committed",
    "merge.followed",
    "order.committed",
    "order.heard",
    "page.after_note",
    "page.after_send",
    "page.before_send",
    "page.deliveries",
    "page.message",
    "proof.committed",
    "proof.kept",
    "tick.committed",
    "tick.said",
    "tick.written",
    "unmerge.committed",
    "unmerge.parted",
];

/// What happens at an armed point, the first time it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The process is killed as by `kill -9`: no destructor runs, nothing is flushed.
    Abort,
    /// The point returns [`Tripped`].
    Error,
    /// The task never goes on, as if its process had died there; the rest of the process lives.
    Die,
    /// The task waits until [`Armed::go_on`], or until the [`Armed`] is dropped.
    Pause,
}

/// The failure that a point armed with [`Action::Error`] returns.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("fail point {0} was armed")]
pub struct Tripped(pub &'static str);

/// A name that is no point, or a word that is no action.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no fail point or action called {0:?}")]
pub struct Unknown(String);

/// An armed point; dropping it disarms the point and lets a paused task go on.
#[derive(Debug)]
pub struct Armed(Arc<Arm>);

#[derive(Debug)]
struct Arm {
    name: String,
    action: Action,
    thread: Option<ThreadId>,
    reached: watch::Sender<bool>,
    gone_on: watch::Sender<bool>,
}

static ARMED: AtomicUsize = AtomicUsize::new(0);
static ARMS: Mutex<Vec<Arc<Arm>>> = Mutex::new(Vec::new());

/// Marks a place between two steps; does nothing unless a test armed this name.
pub async fn point(name: &'static str) -> Result<(), Tripped> {
    if ARMED.load(Ordering::Acquire) == 0 {
        return Ok(());
    }
    let Some(arm) = take(name) else { return Ok(()) };
    arm.reached.send_replace(true);
    match arm.action {
        Action::Abort => {
            let _ = raise(Signal::SIGKILL);
            std::future::pending().await
        }
        Action::Error => Err(Tripped(name)),
        Action::Die => std::future::pending().await,
        Action::Pause => {
            // An error would mean that the sender is gone, and `arm` holds it.
            let _ = arm.gone_on.subscribe().wait_for(|gone_on| *gone_on).await;
            Ok(())
        }
    }
}

/// Arms a point for whatever task of this process reaches it first.
pub fn arm(name: &str, action: Action) -> Result<Armed, Unknown> {
    insert(name, action, None)
}

/// Arms a point for tasks polled on this very thread, so that tests which each run on a
/// single-threaded runtime don't trip each other.
pub fn arm_here(name: &str, action: Action) -> Result<Armed, Unknown> {
    insert(name, action, Some(std::thread::current().id()))
}

impl Armed {
    /// Resolves once a task has come to the point.
    pub async fn reached(&self) {
        // An error would mean that the sender is gone, and `self` holds it.
        let _ = self.0.reached.subscribe().wait_for(|reached| *reached).await;
    }

    /// Says whether a task has come to the point.
    pub fn was_reached(&self) -> bool {
        *self.0.reached.borrow()
    }

    /// Lets a paused task go on.
    pub fn go_on(&self) {
        self.0.gone_on.send_replace(true);
    }
}

impl Drop for Armed {
    fn drop(&mut self) {
        let mut arms = arms();
        arms.retain(|arm| !Arc::ptr_eq(arm, &self.0));
        ARMED.store(arms.len(), Ordering::Release);
        self.go_on();
    }
}

impl FromStr for Action {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<Action, Unknown> {
        match word {
            "abort" => Ok(Action::Abort),
            "error" => Ok(Action::Error),
            "die" => Ok(Action::Die),
            "pause" => Ok(Action::Pause),
            _ => Err(Unknown(word.to_owned())),
        }
    }
}

fn insert(name: &str, action: Action, thread: Option<ThreadId>) -> Result<Armed, Unknown> {
    if !POINTS.contains(&name) && !cfg!(test) {
        return Err(Unknown(name.to_owned()));
    }
    let (reached, gone_on) = (watch::Sender::new(false), watch::Sender::new(false));
    let arm = Arc::new(Arm { name: name.to_owned(), action, thread, reached, gone_on });
    let mut arms = arms();
    arms.push(Arc::clone(&arm));
    ARMED.store(arms.len(), Ordering::Release);
    Ok(Armed(arm))
}

/// Takes the arm that this point fires, so that a later retry of the same step goes through.
fn take(name: &str) -> Option<Arc<Arm>> {
    let here = std::thread::current().id();
    let mut arms = arms();
    let index = arms
        .iter()
        .position(|arm| arm.name == name && arm.thread.is_none_or(|thread| thread == here))?;
    let arm = arms.remove(index);
    ARMED.store(arms.len(), Ordering::Release);
    Some(arm)
}

fn arms() -> MutexGuard<'static, Vec<Arc<Arm>>> {
    ARMS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn an_unarmed_point_lets_everyone_through() {
        let _other = arm("test.another", Action::Error).unwrap();

        assert_eq!(point("test.unarmed").await, Ok(()));
    }

    #[tokio::test]
    async fn an_error_fires_once_so_that_the_retry_goes_through() {
        let armed = arm("test.error", Action::Error).unwrap();
        assert!(!armed.was_reached());

        assert_eq!(point("test.error").await, Err(Tripped("test.error")));
        assert!(armed.was_reached());
        assert_eq!(point("test.error").await, Ok(()));
    }

    #[tokio::test]
    async fn a_task_that_died_never_goes_on_and_the_test_is_told() {
        let armed = arm_here("test.die", Action::Die).unwrap();
        let task = tokio::spawn(point("test.die"));

        armed.reached().await;
        armed.go_on();
        let waited = tokio::time::timeout(Duration::from_millis(50), task).await;

        assert!(waited.is_err(), "a dead task went on");
    }

    #[tokio::test]
    async fn a_paused_task_goes_on_when_told() {
        let armed = arm_here("test.pause", Action::Pause).unwrap();
        let task = tokio::spawn(point("test.pause"));

        armed.reached().await;
        assert!(!task.is_finished());
        armed.go_on();

        assert_eq!(task.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn dropping_the_guard_disarms_and_lets_go() {
        let armed = arm_here("test.drop", Action::Pause).unwrap();
        let task = tokio::spawn(point("test.drop"));
        armed.reached().await;
        drop(armed);
        assert_eq!(task.await.unwrap(), Ok(()));

        drop(arm("test.drop", Action::Error).unwrap());
        assert_eq!(point("test.drop").await, Ok(()));
    }

    #[tokio::test]
    async fn a_point_armed_here_is_not_seen_by_another_thread() {
        let armed = arm_here("test.here", Action::Error).unwrap();

        let elsewhere = std::thread::spawn(|| {
            tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap()
                .block_on(async { point("test.here").await })
        });

        assert_eq!(elsewhere.join().unwrap(), Ok(()));
        assert!(!armed.was_reached());
        assert_eq!(point("test.here").await, Err(Tripped("test.here")));
    }

    #[test]
    fn actions_are_read_from_words() {
        assert_eq!("abort".parse(), Ok(Action::Abort));
        assert_eq!("die".parse(), Ok(Action::Die));
        assert_eq!("dye".parse::<Action>(), Err(Unknown("dye".into())));
    }

    #[test]
    fn the_list_names_each_point_in_the_source_once() {
        let mut found = Vec::new();
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        found.sort();

        assert_eq!(found, POINTS);
    }

    fn collect(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("src/fail.rs")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                let names = text.split("fail::point(").skip(1).filter_map(|s| s.split('"').nth(1));
                found.extend(names.map(str::to_owned));
            }
        }
    }
}
