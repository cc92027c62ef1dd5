//! After an hour without a worker: one mail a person, which is the page of what goes on.

mod in_hand;

use std::collections::BTreeSet;

use muster::actions::answers::{Answer, answer};
use muster::actions::incidents::{self, Step};
use muster::domain::id::{DeliveryId, IncidentId};
use muster::domain::incident::Kind;
use muster::fail;
use muster::worker::turn;
use time::Duration;

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::smtp::{Behaviour, Mail};

const JONAS: &str = "jonas.brandt@example.org";
const HANA: &str = "hana.sato@example.org";

/// A worker was there, and then was not, while these were declared.
async fn unsent(declared: &[(Kind, u8)]) -> (TestApp, Browser, Vec<IncidentId>) {
    let (app, ada) = TestApp::on_plan().await;
    app.work().await;
    app.worker_ends();
    let mut incidents = Vec::new();
    for (kind, level) in declared {
        incidents.push(app.declare(*kind, *level).await);
    }
    (app, ada, incidents)
}

/// The mails after so long, by a worker that knows of none before.
async fn mails_after(app: &TestApp, passed: Duration) -> Vec<Mail> {
    app.clock.advance(passed);
    app.mails().await
}

fn to(address: &str, mails: &[Mail]) -> Vec<Mail> {
    mails.iter().filter(|mail| mail.to == [address]).cloned().collect()
}

fn the_one(address: &str, mails: &[Mail]) -> Mail {
    let mut own = to(address, mails);
    assert_eq!(own.len(), 1, "{own:#?}");
    own.remove(0)
}

/// The answer links of a mail, in its order.
fn links(app: &TestApp, mail: &Mail) -> Vec<DeliveryId> {
    let words = mail.text.split_whitespace();
    let tokens = words.filter_map(|word| word.split_once("/answer/")).map(|(_, token)| token);
    tokens.map(|token| app.state.links.read(token).unwrap()).collect()
}

async fn count(app: &TestApp, what: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("select count(*) from {what}"));
    sqlx::query_scalar(sql).fetch_one(app.db.pool().unwrap()).await.unwrap()
}

#[tokio::test]
async fn each_person_gets_one_mail_with_the_highest_level_first_and_what_is_over_in_a_line() {
    let kinds = [(Kind::Real, 1), (Kind::Real, 3), (Kind::Real, 2)];
    let (app, _, incidents) = unsent(&kinds).await;
    let (ada, now) = (app.person("ada-lovelace").await, app.clock.now());
    incidents::step(&app.db, incidents[2], Step::FalseAlarm, ada, now).await.unwrap();

    let mails = mails_after(&app, Duration::minutes(90)).await;

    let people: BTreeSet<_> = mails.iter().flat_map(|mail| &mail.to).collect();
    assert_eq!(people.len(), mails.len(), "one mail a person: {mails:#?}");
    let jonas = the_one(JONAS, &mails);
    assert_eq!(jonas.subject, "Level 3: Unnamed, 03:12, and 2 more");
    assert!(
        jonas.text.starts_with("Muster sent nothing from 03:12 CET to 04:42 CET."),
        "{jonas:#?}"
    );
    let place =
        |words: &str| jonas.text.find(words).unwrap_or_else(|| panic!("{words}: {jonas:#?}"));
    assert!(place("\nLevel 3, ") < place("Over: Unnamed, 03:12 (level 2"), "{jonas:#?}");
    assert!(place("Over: ") < place("\nLevel 1, "), "{jonas:#?}");
    assert!(jonas.text.contains("false alarm, called off 03:12 CET"), "{jonas:#?}");
    assert_eq!(links(&app, &jonas).len(), 2, "what is over asks nothing: {jonas:#?}");
    let waits = "deliveries where state not in ('sent', 'withdrawn') or settled_at is null";
    assert_eq!(count(&app, waits).await, 0);
    let tried = "jobs where kind = 'send-delivery' and attempt > 0";
    assert_eq!(count(&app, tried).await, 0, "nothing that is told in a digest stands before it");
    let grave = "jobs where kind = 'send-digest' and priority = 2";
    assert_eq!(count(&app, grave).await, 9, "each as urgent as the gravest that it tells of");
    let asks = "clocks c join incidents i on i.id = c.incident where i.ended_at is not null
                and c.kind = 'escalate' and c.done_at is null and c.fired_at is null";
    assert_eq!(count(&app, asks).await, 0, "nobody is looked for where it is over");
    app.end().await;
}

#[tokio::test]
async fn the_digest_is_the_page_its_links_answer_and_what_nobody_answers_begins_anew() {
    let (app, _, _) = unsent(&[(Kind::Real, 1), (Kind::Real, 1)]).await;
    let mails = mails_after(&app, Duration::hours(3)).await;
    let jonas = the_one(JONAS, &mails);
    let (links, now) = (links(&app, &jonas), app.clock.now());
    assert_eq!(links.len(), 2, "{jonas:#?}");
    assert!(jonas.text.contains("Nobody has it yet."), "{jonas:#?}");

    answer(&app.db, links[0], Answer::Have, now).await.unwrap();
    assert_eq!(count(&app, "duties where until is null").await, 1);
    answer(&app.db, links[0], Answer::Have, now).await.unwrap();
    assert_eq!(count(&app, "entries where kind = 'answer'").await, 1, "pressed twice");

    assert_eq!(mails_after(&app, Duration::minutes(4)).await, []);
    let next = mails_after(&app, Duration::minutes(1)).await;
    let asked: BTreeSet<_> = next.iter().flat_map(|mail| mail.to.iter().cloned()).collect();
    let primary_and_next = BTreeSet::from([JONAS.to_owned(), "emeka.obi@example.org".to_owned()]);
    assert_eq!((asked, next.len()), (primary_and_next, 2), "of the other alone: {next:#?}");

    let second = the_one(JONAS, &next);
    assert!(second.subject.contains("still no answer from you"), "{second:#?}");
    answer(&app.db, links[1], Answer::Cannot, app.clock.now()).await.unwrap();
    let after = app.mails().await;
    assert!(after.iter().all(|mail| mail.to != [JONAS]), "{after:#?}");
    app.end().await;
}

#[tokio::test]
async fn who_had_answered_keeps_it_and_a_chain_that_had_begun_begins_anew() {
    let (app, _) = TestApp::on_plan().await;
    let incident = app.declare(Kind::Real, 2).await;
    let first = app.mails().await;
    let jonas = links(&app, &the_one(JONAS, &first))[0];
    answer(&app.db, jonas, Answer::Have, app.clock.now()).await.unwrap();
    app.clock.advance(Duration::minutes(5));
    let second = app.mails().await;
    let hana = links(&app, &the_one(HANA, &second))[0];
    answer(&app.db, hana, Answer::Have, app.clock.now()).await.unwrap();
    app.worker_ends();

    let mails = mails_after(&app, Duration::hours(1)).await;

    let again: BTreeSet<_> = mails.iter().flat_map(|mail| mail.to.iter().cloned()).collect();
    let mut begun: BTreeSet<_> = first.iter().flat_map(|mail| mail.to.iter().cloned()).collect();
    assert!(begun.remove("tomasz.lindqvist@example.org") && begun.insert(HANA.to_owned()));
    assert_eq!(again, begun, "the first of each role, and who has it is asked whether still");
    assert_eq!(again.len(), mails.len());
    let own = the_one(JONAS, &mails);
    assert!(own.text.contains("Jonas Brandt and Hana Sato have it."), "{own:#?}");
    assert!(own.text.contains("Since then nothing was heard from you."), "{own:#?}");
    let chains =
        format!("chains where incident = '{incident}' and answered_by is null and step = 0");
    assert_eq!(count(&app, &chains).await, 2);
    app.end().await;
}

#[tokio::test]
async fn what_is_real_and_what_is_a_drill_never_share_a_mail() {
    let (app, _, _) = unsent(&[(Kind::Real, 1), (Kind::Drill, 1)]).await;

    let mut own = to(JONAS, &mails_after(&app, Duration::hours(2)).await);

    own.sort_by_key(|mail| mail.subject.clone());
    let [drill, real] = &own[..] else { panic!("{own:#?}") };
    assert!(drill.subject.starts_with("DRILL level 1: "), "{drill:#?}");
    assert!(drill.text.starts_with("DRILL: this is an exercise"), "{drill:#?}");
    assert!(real.subject.starts_with("Level 1: ") && !real.text.contains("DRILL"), "{real:#?}");
    app.end().await;
}

#[tokio::test]
async fn of_two_servers_that_come_back_one_makes_the_digests() {
    let (app, _, _) = unsent(&[(Kind::Real, 3), (Kind::Real, 1)]).await;
    app.clock.advance(Duration::hours(1));
    let one = app.toolbox();
    app.worker_ends();
    let other = app.toolbox();

    let (first, second) = tokio::join!(turn(&one), turn(&other));
    first.unwrap();
    second.unwrap();
    let mails = app.mails().await;

    let people: BTreeSet<_> = mails.iter().flat_map(|mail| &mail.to).collect();
    assert_eq!(people.len(), mails.len(), "{mails:#?}");
    let told = "entry_bodies where convert_from(body, 'utf8') like '%Digest to %'";
    assert_eq!(count(&app, told).await, 2, "one entry an incident");
    app.end().await;
}

#[tokio::test]
async fn an_absence_under_an_hour_and_a_clock_that_leaps_make_no_digest() {
    for (passed, away) in [(Duration::minutes(59), true), (Duration::hours(5), false)] {
        let (app, _, _) = unsent(&[(Kind::Real, 1)]).await;
        if !away {
            app.work().await; // this very worker goes on, so it is the clock
            app.sink.take_mails();
        }

        let mails = mails_after(&app, passed).await;

        assert!(!mails.is_empty());
        assert!(mails.iter().all(|mail| !mail.text.contains("sent nothing")), "{mails:#?}");
        app.end().await;
    }
}

#[tokio::test]
async fn what_was_declared_a_moment_ago_is_still_held_and_leaves_by_itself() {
    let (app, _, _) = unsent(&[]).await;
    app.clock.advance(Duration::hours(2));
    app.declare(Kind::Real, 3).await;

    assert_eq!(app.mails().await, []);
    let mails = mails_after(&app, Duration::seconds(10)).await;
    assert_eq!(mails.len(), 9);
    assert!(mails.iter().all(|mail| !mail.text.contains("sent nothing")), "{mails:#?}");
    app.end().await;
}

#[tokio::test]
async fn what_a_raise_holds_is_in_no_digest_and_can_still_be_undone() {
    let (app, _, incidents) = unsent(&[(Kind::Real, 1)]).await;
    app.clock.advance(Duration::hours(2));
    let (ada, now) = (app.person("ada-lovelace").await, app.clock.now());
    incidents::raise(&app.db, incidents[0], 3, ada, now).await.unwrap();

    let mails = app.mails().await;

    assert_eq!(mails.len(), 1, "{mails:#?}");
    assert!(the_one(JONAS, &mails).text.contains("sent nothing"), "{mails:#?}");
    incidents::undo(&app.db, incidents[0], ada, app.clock.now()).await.unwrap();
    let after = mails_after(&app, Duration::seconds(11)).await;
    assert!(after.iter().all(|mail| mail.subject.contains("raise it to")), "{after:#?}");
    app.end().await;
}

#[tokio::test]
async fn the_page_of_messages_says_in_which_digest_and_failing_it_is_there_to_be_called() {
    let (app, ada, incidents) = unsent(&[(Kind::Real, 1)]).await;
    app.sink.behave(JONAS, Behaviour::Refuse { code: 550, words: "no such user".into() });

    let mails = mails_after(&app, Duration::minutes(90)).await;
    assert!(to(JONAS, &mails).is_empty(), "{mails:#?}");

    let page = ada.get(&format!("/incidents/{}/messages", incidents[0])).await.body;
    assert!(page.contains("in the digest of 04:42 CET"), "{page}");
    assert!(page.contains("Digest of what had waited"), "{page}");
    assert!(page.contains("no such user"), "{page}");
    let calls = ada.get(&format!("/incidents/{}/calls", incidents[0])).await.body;
    assert!(calls.contains("Jonas Brandt"), "{calls}");
    app.end().await;
}

#[tokio::test]
async fn a_digest_that_an_owner_cancels_is_withdrawn_whole() {
    let (app, _, _) = unsent(&[(Kind::Real, 1), (Kind::Real, 1)]).await;
    app.sink.behave("*", Behaviour::Refuse { code: 451, words: "later".into() });
    mails_after(&app, Duration::minutes(90)).await;
    let ada = app.signed_in("ada@example.org").await;
    let jobs = "select id from jobs where kind = 'send-digest' and state = 'ready'";
    let ids: Vec<uuid::Uuid> =
        sqlx::query_scalar(jobs).fetch_all(app.db.pool().unwrap()).await.unwrap();

    for id in &ids {
        let path = format!("/jobs/{id}/cancellation");
        assert_eq!(ada.post(&path, &[("attempt", "1")]).await.status, hyper::StatusCode::SEE_OTHER);
    }

    assert!(!ids.is_empty());
    assert_eq!(count(&app, "deliveries where state not in ('sent', 'withdrawn')").await, 0);
    app.sink.behave("*", Behaviour::Accept);
    assert_eq!(mails_after(&app, Duration::minutes(2)).await, []);
    app.end().await;
}

#[tokio::test]
async fn a_digest_that_can_not_be_made_keeps_no_page_from_leaving() {
    let (app, _, incidents) = unsent(&[(Kind::Real, 1)]).await;
    let broken = fail::arm_here("digest.folded", fail::Action::Error).unwrap();
    app.expect_error("the digests could not be made");

    app.clock.advance(Duration::minutes(90));
    turn(&app.toolbox()).await.unwrap();

    assert!(broken.was_reached());
    let noted = "worker_turns where last_at = '2026-11-14 03:42 UTC'";
    assert_eq!(count(&app, noted).await, 1, "it is not tried again and again");
    let mails = app.mails().await;
    assert!(!to(JONAS, &mails).is_empty(), "of {incidents:?}: {mails:#?}");
    assert!(mails.iter().all(|mail| !mail.text.contains("sent nothing")), "{mails:#?}");
    app.end().await;
}

#[tokio::test]
async fn whoever_is_first_in_turn_by_then_can_answer() {
    let (app, _, incidents) = unsent(&[(Kind::Real, 1)]).await;
    app.tamper("update people set disabled_at = now() where key = 'jonas-brandt'").await;

    let mails = mails_after(&app, Duration::hours(1)).await;

    let emeka = the_one("emeka.obi@example.org", &mails);
    answer(&app.db, links(&app, &emeka)[0], Answer::Have, app.clock.now()).await.unwrap();
    let has = format!("duties where incident = '{}' and until is null", incidents[0]);
    assert_eq!(count(&app, &has).await, 1);
    app.end().await;
}
