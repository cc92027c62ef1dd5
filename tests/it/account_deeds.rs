//! Accounts against a real database: who is let in, what ends a session, which rows are believed.

use muster::actions::sessions::{SignedIn, Visitor};
use muster::actions::{self, ActionError, accounts, sessions};
use muster::db::Db;
use muster::domain::id::PersonId;
use muster::domain::rights::{Right, Rights};
use muster::secrets::{KeyRing, Passwords, Token};
use sqlx::AssertSqlSafe;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::support::cluster::Cluster;

const NOW: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);
const PASSWORD: &str = "kayak zebra moonlit barn";
const OTHER: &str = "violet tractor in october";

struct Scene {
    db: Db,
    ring: KeyRing,
    passwords: Passwords,
}

impl Scene {
    async fn new(name: &str) -> Scene {
        let cluster = Cluster::shared().await;
        cluster.create_database(name).await;
        let db = Db::away();
        db.reached(cluster.options(name), 4);
        muster::store::migrations::apply(db.pool().unwrap()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let ring = KeyRing::create(&folder.path().join("ring"), NOW).unwrap();
        actions::installation::settle(&db, &ring, NOW).await.unwrap();
        let passwords = Passwords::new(ring.clone(), 2);
        Scene { db, ring, passwords }
    }

    async fn add(&self, name: &str, email: &str, rights: &[Right]) -> PersonId {
        let rights = Rights::from_iter(rights.iter().copied());
        let new = accounts::Newcomer { name, email, password: PASSWORD, key: None, rights };
        accounts::create(&self.db, &self.ring, &self.passwords, &new, NOW).await.unwrap()
    }

    async fn sign_in(&self, email: &str, password: &str) -> Option<Token> {
        let Scene { db, ring, passwords } = self;
        let visitor = Visitor { address: [192, 0, 2, 9].into(), mark: None };
        sessions::start(db, ring, passwords, visitor, (email, password), NOW).await.unwrap()
    }

    async fn find(&self, token: &Token, now: OffsetDateTime) -> Option<SignedIn> {
        sessions::find(&self.db, &self.ring, token, now).await.unwrap()
    }

    /// An owner, signed in.
    async fn owner(&self) -> (Token, SignedIn) {
        self.add("Ada Lovelace", "ada@example.org", &Right::ALL).await;
        let token = self.sign_in("ada@example.org", PASSWORD).await.unwrap();
        let who = self.find(&token, NOW).await.unwrap();
        (token, who)
    }

    async fn sql(&self, sql: &'static str) {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(self.db.pool().unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn a_set_up_link_makes_one_owner_and_only_within_its_hour() {
    let Scene { db, ring, passwords } = &Scene::new("deeds_set_up").await;
    let link = accounts::make_set_up_link(db, NOW).await.unwrap();
    let rights = Rights::all();
    let owner = accounts::Newcomer {
        name: "Ada",
        email: "ada@example.org",
        password: PASSWORD,
        key: None,
        rights,
    };
    let late = NOW + Duration::hours(1);

    assert!(accounts::set_up(db, ring, passwords, &link, &owner, late).await.is_err());
    let token = accounts::set_up(db, ring, passwords, &link, &owner, NOW).await.unwrap();
    let who = sessions::find(db, ring, &token, NOW).await.unwrap().unwrap();

    assert_eq!((who.key.as_str(), who.rights), ("ada", Rights::all()));
    assert!(accounts::set_up(db, ring, passwords, &link, &owner, NOW).await.is_err());
    assert!(accounts::make_set_up_link(db, NOW).await.is_err());
}

#[tokio::test]
async fn unknown_and_wrong_cost_the_same_and_get_the_same_answer() {
    let scene = Scene::new("deeds_alike").await;
    scene.owner().await;
    let before = scene.passwords.runs();

    assert!(scene.sign_in("ada@example.org", OTHER).await.is_none());
    let wrong = scene.passwords.runs() - before;
    assert!(scene.sign_in("eve@example.org", OTHER).await.is_none());

    assert_eq!(wrong, 1);
    assert_eq!(scene.passwords.runs() - before, 2);
}

#[tokio::test]
async fn a_session_ends_by_sign_out_and_after_thirty_idle_days() {
    let scene = Scene::new("deeds_sessions").await;
    let (token, who) = scene.owner().await;

    assert!(scene.find(&token, NOW + Duration::days(30)).await.is_some());
    let over = NOW + Duration::days(61);
    assert!(scene.find(&token, over).await.is_none());
    let token = scene.sign_in("ada@example.org", PASSWORD).await.unwrap();
    let who = SignedIn { session: token.hash(), ..who };
    sessions::end(&scene.db, &who, NOW).await.unwrap();
    assert!(scene.find(&token, NOW).await.is_none());
}

#[tokio::test]
async fn a_row_of_rights_written_by_hand_is_refused() {
    let scene = Scene::new("deeds_forged").await;
    scene.add("Eve", "eve@example.org", &[Right::View]).await;
    let token = scene.sign_in("eve@example.org", PASSWORD).await.unwrap();
    assert!(scene.find(&token, NOW).await.is_some());

    scene.sql("update accounts set rights = '{view,own}'").await;

    assert!(scene.find(&token, NOW).await.is_none());
    assert!(scene.sign_in("eve@example.org", PASSWORD).await.is_none());
}

#[tokio::test]
async fn a_change_of_rights_and_disabling_end_the_persons_sessions() {
    let scene = Scene::new("deeds_rights").await;
    let (_, owner) = scene.owner().await;
    let bob = scene.add("Bob", "bob@example.org", &[Right::View]).await;
    let token = scene.sign_in("bob@example.org", PASSWORD).await.unwrap();
    let rights = Rights::from_iter([Right::Command]);
    let Scene { db, ring, .. } = &scene;

    accounts::set_rights(db, ring, &owner, bob, (1, &rights), NOW).await.unwrap();

    assert!(scene.find(&token, NOW).await.is_none());
    let token = scene.sign_in("bob@example.org", PASSWORD).await.unwrap();
    assert_eq!(scene.find(&token, NOW).await.unwrap().rights, rights);
    accounts::disable(db, ring, &owner, bob, NOW).await.unwrap();
    assert!(scene.find(&token, NOW).await.is_none());
    assert!(scene.sign_in("bob@example.org", PASSWORD).await.is_none());
}

#[tokio::test]
async fn the_last_owner_stays_and_rights_ask_for_a_fresh_password() {
    let scene = Scene::new("deeds_last_owner").await;
    let (_, owner) = scene.owner().await;
    let Scene { db, ring, .. } = &scene;
    let none = Rights::from_iter([Right::View]);
    let stale = NOW + Duration::minutes(11);

    let lost = accounts::set_rights(db, ring, &owner, owner.person, (1, &none), NOW).await;
    assert!(matches!(lost, Err(ActionError::Refused(_))), "{lost:?}");
    let shut = accounts::disable(db, ring, &owner, owner.person, NOW).await;
    assert!(matches!(shut, Err(ActionError::Refused(_))), "{shut:?}");
    let late =
        accounts::set_rights(db, ring, &owner, owner.person, (1, &Rights::all()), stale).await;
    assert!(matches!(late, Err(ActionError::NotFresh)), "{late:?}");
}

#[tokio::test]
async fn a_reset_ends_sessions_and_suspends_the_right_to_approve_until_another_grants_it() {
    let scene = Scene::new("deeds_reset").await;
    let (_, owner) = scene.owner().await;
    let bob = scene.add("Bob", "bob@example.org", &[Right::Approve]).await;
    let old = scene.sign_in("bob@example.org", PASSWORD).await.unwrap();
    assert!(scene.find(&old, NOW).await.unwrap().rights.allow(Right::Approve));
    let Scene { db, ring, passwords } = &scene;

    let by = &accounts::make_link(db, &owner, bob, NOW).await.unwrap().token;
    let new = accounts::accept(db, ring, passwords, by, ("", OTHER), NOW).await.unwrap();

    assert!(scene.find(&old, NOW).await.is_none());
    assert!(!scene.find(&new, NOW).await.unwrap().rights.allow(Right::Approve));
    assert!(accounts::accept(db, ring, passwords, by, ("", OTHER), NOW).await.is_err(), "once");
    scene.sql("update grants set suspended_at = null").await;
    assert!(scene.find(&new, NOW).await.is_none(), "a grant mended by hand is refused");
}

#[tokio::test]
async fn an_invited_person_reads_and_responds_and_a_new_password_ends_other_sessions() {
    let scene = Scene::new("deeds_invite").await;
    let (_, owner) = scene.owner().await;
    scene
        .sql(
            "insert into people (id, key, name, created_at)
              values ('01930000-0000-7000-8000-000000000001', 'bob', 'Bob', now())",
        )
        .await;
    let bob: PersonId = "01930000-0000-7000-8000-000000000001".parse().unwrap();
    let Scene { db, ring, passwords } = &scene;

    let link = accounts::make_link(db, &owner, bob, NOW).await.unwrap();
    let (by, typed) = (&link.token, ("bob@example.org", PASSWORD));
    let late = NOW + Duration::hours(72);
    assert!(accounts::accept(db, ring, passwords, by, typed, late).await.is_err(), "too late");
    let first = accounts::accept(db, ring, passwords, by, typed, NOW).await.unwrap();
    let who = scene.find(&first, NOW).await.unwrap();
    assert_eq!(who.rights, Rights::from_iter([Right::View, Right::Respond]));

    let typed = (PASSWORD, OTHER);
    let second = accounts::change_password(db, ring, passwords, &who, typed, NOW).await.unwrap();
    assert!(scene.find(&first, NOW).await.is_none());
    assert!(scene.find(&second, NOW).await.is_some());
}
