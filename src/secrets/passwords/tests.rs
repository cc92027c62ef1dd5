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

async fn turn(passwords: &Passwords) -> Turn<'_> {
    passwords.line_up(false).unwrap().turn().await.unwrap()
}

#[tokio::test]
async fn a_password_verifies_for_its_person_and_ring_alone() {
    let (passwords, ada, eve) = (passwords(), PersonId::new(NOW), PersonId::new(NOW));
    let hash = turn(&passwords).await.hash(ada, PASSWORD).await.unwrap();

    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    assert!(turn(&passwords).await.verify(ada, PASSWORD, Some(&hash)).await.unwrap());
    assert!(
        !turn(&passwords).await.verify(ada, "four unrelated worlds", Some(&hash)).await.unwrap()
    );
    assert!(!turn(&passwords).await.verify(eve, PASSWORD, Some(&hash)).await.unwrap());
    let other_ring = super::tests::passwords();
    assert!(!turn(&other_ring).await.verify(ada, PASSWORD, Some(&hash)).await.unwrap());
}

#[tokio::test]
async fn an_unknown_person_costs_a_verification_of_the_same_size() {
    let passwords = passwords();

    let known = turn(&passwords).await.verify(PersonId::new(NOW), PASSWORD, None).await.unwrap();

    assert!(!known);
    assert_eq!(passwords.runs(), 1);
    let real = turn(&passwords).await.hash(PersonId::new(NOW), PASSWORD).await.unwrap();
    let nothing = hash_of_nothing();
    let costs = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
    assert_eq!(costs(&nothing), costs(&real));
    assert_eq!(nothing.len(), real.len());
}

#[tokio::test]
async fn a_damaged_hash_is_an_error_and_not_a_wrong_password() {
    let passwords = passwords();

    let damaged =
        turn(&passwords).await.verify(PersonId::new(NOW), PASSWORD, Some("$argon2id$")).await;

    assert!(matches!(damaged, Err(SecretsError::DamagedHash)), "{damaged:?}");
}

#[tokio::test]
async fn an_asker_that_goes_away_keeps_its_place_until_the_work_is_done() {
    let passwords = passwords();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let (begin, begun) = std::sync::mpsc::channel();
    let turn = turn(&passwords).await;
    let work = turn.run(move || {
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

#[tokio::test]
async fn the_line_is_bounded_and_some_places_are_kept_for_those_who_are_known() {
    let passwords = passwords();
    let line: Vec<_> = (0..PLACES).map(|_| passwords.line_up(false).unwrap()).collect();

    assert!(matches!(passwords.line_up(false), Err(SecretsError::Crowded)));
    let known: Vec<_> = (0..KEPT_PLACES).map(|_| passwords.line_up(true).unwrap()).collect();
    assert!(matches!(passwords.line_up(true), Err(SecretsError::Crowded)));
    drop(line);
    drop(known);
    assert!(passwords.line_up(false).is_ok());
}

#[tokio::test]
async fn nobody_waits_for_their_turn_for_long() {
    let passwords = Passwords { patience: Duration::from_millis(10), ..passwords() };
    let _held = passwords.permits.clone().acquire_owned().await.unwrap();

    let waited = passwords.line_up(false).unwrap().turn().await;

    assert!(matches!(waited, Err(SecretsError::Crowded)), "{waited:?}");
    assert_eq!(passwords.places.available_permits(), PLACES, "and the place is free again");
}
