//! Password hashes: argon2id over a peppered password, on the blocking pool, a few at a time.
//!
//! The pepper binds a hash to the ring and to the person: a stolen table can't be guessed at, and
//! a hash copied onto another account opens nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use argon2::password_hash::{Error as HashError, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::{Hidden, KeyRing, Label, SecretsError};
use crate::domain::id::PersonId;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How many may be under way at once, those who wait among them.
const PLACES: usize = 100;
/// How many more of those who are known: a crowd of strangers does not keep them out.
const KEPT_PLACES: usize = 30;
/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes and checks password hashes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Passwords {
    ring: KeyRing,
    permits: Arc<Semaphore>,
    places: Arc<Semaphore>,
    kept: Arc<Semaphore>,
    patience: Duration,
    runs: Arc<AtomicU64>,
}

/// A place in the line of those whose password is to be hashed; it is left when dropped.
#[derive(Debug)]
pub struct Place<'p> {
    passwords: &'p Passwords,
    held: OwnedSemaphorePermit,
}

/// One's turn: to be hashed now.
#[derive(Debug)]
pub struct Turn<'p> {
    place: Place<'p>,
    permit: OwnedSemaphorePermit,
}

impl Passwords {
    /// Hashes with this ring's pepper, at most `permits` at once: each takes 19 MB.
    #[must_use]
    pub fn new(ring: KeyRing, permits: usize) -> Passwords {
        let of = |places| Arc::new(Semaphore::new(places));
        let (permits, places, kept) = (of(permits), of(PLACES), of(KEPT_PLACES));
        Passwords { ring, permits, places, kept, patience: PATIENCE, runs: Arc::default() }
    }

    /// Lines up, before anything else is done for who asks. Places are kept for those who are known:
    /// their browser has signed in before, or they hold a link.
    ///
    /// # Errors
    /// [`SecretsError::Crowded`] where the line is full.
    pub fn line_up(&self, known: bool) -> Result<Place<'_>, SecretsError> {
        let take = |places: &Arc<Semaphore>| places.clone().try_acquire_owned().ok();
        let kept = || if known { take(&self.kept) } else { None };
        let held = take(&self.places).or_else(kept).ok_or(SecretsError::Crowded)?;
        Ok(Place { passwords: self, held })
    }

    /// How many hashes were made or checked since the start.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    fn pepper(&self, person: PersonId, password: &str) -> Hidden<[u8; 32]> {
        let parts: [&[u8]; 2] = [person.0.as_bytes(), password.as_bytes()];
        Hidden::new(self.ring.mac(Label::Pepper, &parts))
    }
}

impl<'p> Place<'p> {
    /// Waits for one's turn. What costs the database work comes after it, so that a crowd costs no
    /// more than those whose turn it is.
    ///
    /// # Errors
    /// [`SecretsError::Crowded`] after a long wait, or when the process is ending.
    pub async fn turn(self) -> Result<Turn<'p>, SecretsError> {
        let turn = timeout(self.passwords.patience, self.passwords.permits.clone().acquire_owned());
        let turn = turn.await.map_err(|_| SecretsError::Crowded)?;
        Ok(Turn { permit: turn.map_err(|_| SecretsError::Stopping)?, place: self })
    }
}

impl Turn<'_> {
    /// The hash to store for a person's password.
    ///
    /// # Errors
    /// When hashing fails, or the process is ending.
    pub async fn hash(self, person: PersonId, password: &str) -> Result<String, SecretsError> {
        let peppered = self.place.passwords.pepper(person, password);
        self.run(move || {
            let hash = argon2()?.hash_password(peppered.expose()).map_err(SecretsError::Hashing)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether a password is the person's. Without a stored hash the answer is no, after the same
    /// work, so that nobody learns from the time which accounts there are.
    ///
    /// # Errors
    /// When the stored hash is damaged, or the process is ending.
    pub async fn verify(
        self,
        person: PersonId,
        password: &str,
        stored: Option<&str>,
    ) -> Result<bool, SecretsError> {
        let peppered = self.place.passwords.pepper(person, password);
        let hash = stored.map_or_else(hash_of_nothing, str::to_owned);
        self.run(move || match argon2()?.verify_password(peppered.expose(), hash.as_str()) {
            Ok(()) => Ok(true),
            Err(HashError::PasswordInvalid) => Ok(false),
            Err(_) => Err(SecretsError::DamagedHash),
        })
        .await
    }

    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, SecretsError> + Send + 'static,
    ) -> Result<T, SecretsError> {
        let (runs, held) = (self.place.passwords.runs.clone(), (self.permit, self.place.held));
        let worked = tokio::task::spawn_blocking(move || {
            let _held = held; // kept to the end of the work, even when the asker has gone
            let done = work();
            runs.fetch_add(1, Ordering::Relaxed);
            done
        });
        worked.await.map_err(|_| SecretsError::Stopping)?
    }
}

fn argon2() -> Result<Argon2<'static>, SecretsError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|error| SecretsError::Hashing(error.into()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A hash that costs as much to check as a real one, and that no password has.
fn hash_of_nothing() -> String {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}")
}

#[cfg(test)]
mod tests;
