//! Work that many ask for in one moment, done once for all of them.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

/// Who asks while the same is being made waits for it, and who asks soon after is given it too.
#[derive(Debug)]
pub struct Shared<K, V> {
    made: Mutex<HashMap<K, Made<V>>>,
    fresh: Duration,
}

#[derive(Debug)]
struct Made<V> {
    asked: Instant,
    value: Arc<OnceCell<Arc<V>>>,
}

impl<K: Eq + Hash, V> Shared<K, V> {
    /// What was asked for longer ago than `fresh` is made anew.
    #[must_use]
    pub fn new(fresh: Duration) -> Shared<K, V> {
        Shared { made: Mutex::default(), fresh }
    }

    /// What is made by `make`, or was just made by somebody else's. Holds no lock while it waits; a
    /// failure is its asker's alone, and the next tries again.
    ///
    /// # Errors
    /// What `make` fails with.
    pub async fn get<E>(
        &self,
        key: K,
        now: Instant,
        make: impl AsyncFnOnce() -> Result<V, E>,
    ) -> Result<Arc<V>, E> {
        let value = self.cell(key, now);
        value.get_or_try_init(async || make().await.map(Arc::new)).await.cloned()
    }

    fn cell(&self, key: K, now: Instant) -> Arc<OnceCell<Arc<V>>> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.retain(|_, one| now.saturating_duration_since(one.asked) < self.fresh);
        let one = made.entry(key).or_insert_with(|| Made { asked: now, value: Arc::default() });
        Arc::clone(&one.value)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const FRESH: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn many_who_ask_at_once_are_given_what_was_made_once() {
        let (shared, made, now) = (Shared::new(FRESH), AtomicU32::new(0), Instant::now());
        let ask = |key, now| {
            shared.get(key, now, async || {
                tokio::task::yield_now().await;
                Ok::<_, Infallible>(made.fetch_add(1, Ordering::Relaxed))
            })
        };

        let (one, two, other) = tokio::join!(ask("a", now), ask("a", now), ask("b", now));
        assert_eq!(one, two);
        assert_ne!(one, other);
        assert_eq!(made.load(Ordering::Relaxed), 2, "one for each that was asked for");
        assert_eq!(ask("a", now + FRESH).await, Ok(Arc::new(2)), "what is old is made anew");
    }

    #[tokio::test]
    async fn what_failed_for_one_is_tried_again_by_the_next() {
        let (shared, now) = (Shared::<_, u32>::new(FRESH), Instant::now());
        assert_eq!(shared.get("a", now, async || Err("away")).await, Err("away"));
        assert_eq!(shared.get("a", now, async || Ok::<_, &str>(7)).await, Ok(Arc::new(7)));
    }
}
