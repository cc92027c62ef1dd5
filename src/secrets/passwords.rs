//! Password hashes: argon2id over a peppered password, on the blocking pool, a few at a time.
//!
//! The pepper binds a hash to the ring and to the person: a stolen table can't be guessed at, and
//! a hash copied onto another account opens nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::{Error as HashError, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::{Hidden, KeyRing, Label, SecretsError};
use crate::domain::id::PersonId;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Makes and checks password hashes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Passwords {
    ring: KeyRing,
    permits: Arc<Semaphore>,
    runs: Arc<AtomicU64>,
}

impl Passwords {
    /// Hashes with this ring's pepper, at most `permits` at once: each takes 19 MB.
    #[must_use]
    pub fn new(ring: KeyRing, permits: usize) -> Passwords {
        Passwords { ring, permits: Arc::new(Semaphore::new(permits)), runs: Arc::default() }
    }

    /// The hash to store for a person's password.
    ///
    /// # Errors
    /// When hashing fails, or the process is ending.
    pub async fn hash(&self, person: PersonId, password: &str) -> Result<String, SecretsError> {
        let peppered = self.pepper(person, password);
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
        &self,
        person: PersonId,
        password: &str,
        stored: Option<&str>,
    ) -> Result<bool, SecretsError> {
        let peppered = self.pepper(person, password);
        let known = stored.is_some();
        let hash = stored.map_or_else(hash_of_nothing, str::to_owned);
        let matches =
            self.run(move || match argon2()?.verify_password(peppered.expose(), hash.as_str()) {
                Ok(()) => Ok(true),
                Err(HashError::PasswordInvalid) => Ok(false),
                Err(_) => Err(SecretsError::DamagedHash),
            });
        Ok(matches.await? && known)
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

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, SecretsError> + Send + 'static,
    ) -> Result<T, SecretsError> {
        let permit =
            self.permits.clone().acquire_owned().await.map_err(|_| SecretsError::Stopping)?;
        let runs = self.runs.clone();
        let worked = tokio::task::spawn_blocking(move || {
            let _permit = permit; // kept to the end of the work, even when the asker has gone
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
mod tests {
    use super::*;
    use time::OffsetDateTime;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);
    const PASSWORD: &str = "four unrelated words";

    fn passwords() -> Passwords {
        let folder = tempfile::tempdir().unwrap();
        let ring = KeyRing::create(&folder.path().join("ring"), NOW).unwrap();
        Passwords::new(ring, 1)
    }

    #[tokio::test]
    async fn a_password_verifies_for_its_person_and_ring_alone() {
        let (passwords, ada, eve) = (passwords(), PersonId::new(NOW), PersonId::new(NOW));
        let hash = passwords.hash(ada, PASSWORD).await.unwrap();

        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify(ada, PASSWORD, Some(&hash)).await.unwrap());
        assert!(!passwords.verify(ada, "four unrelated worlds", Some(&hash)).await.unwrap());
        assert!(!passwords.verify(eve, PASSWORD, Some(&hash)).await.unwrap());
        let other_ring = super::tests::passwords();
        assert!(!other_ring.verify(ada, PASSWORD, Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn an_unknown_person_costs_a_verification_of_the_same_size() {
        let passwords = passwords();

        let known = passwords.verify(PersonId::new(NOW), PASSWORD, None).await.unwrap();

        assert!(!known);
        assert_eq!(passwords.runs(), 1);
        let real = passwords.hash(PersonId::new(NOW), PASSWORD).await.unwrap();
        let nothing = hash_of_nothing();
        let costs = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(costs(&nothing), costs(&real));
        assert_eq!(nothing.len(), real.len());
    }

    #[tokio::test]
    async fn a_damaged_hash_is_an_error_and_not_a_wrong_password() {
        let passwords = passwords();

        let damaged = passwords.verify(PersonId::new(NOW), PASSWORD, Some("$argon2id$")).await;

        assert!(matches!(damaged, Err(SecretsError::DamagedHash)), "{damaged:?}");
    }

    #[tokio::test]
    async fn an_asker_that_goes_away_keeps_its_place_until_the_work_is_done() {
        let passwords = passwords();
        let (release, held) = std::sync::mpsc::channel::<()>();
        let (begin, begun) = std::sync::mpsc::channel();
        let work = passwords.run(move || {
            begin.send(()).map_err(|_| SecretsError::Stopping)?;
            held.recv().map_err(|_| SecretsError::Stopping)
        });
        tokio::select! {
            biased;
            _ = work => panic!("the work is held"),
            () = std::future::ready(()) => {} // the asker goes
        }

        begun.recv().unwrap();
        assert_eq!(passwords.permits.available_permits(), 0);
        release.send(()).unwrap();
        assert!(passwords.permits.acquire().await.is_ok());
    }
}
