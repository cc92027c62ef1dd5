//! What becomes of a send: tried again, given up, called off, or no longer wanted.

use muster::actions::answers::Answer;
use muster::actions::incidents::{self, Step};
use muster::domain::incident::Kind;
use muster::worker;
use time::Duration;
use tokio_util::sync::CancellationToken;

use super::scene::{Scene, recipients};
use crate::support::smtp::Behaviour;

#[tokio::test]
async fn a_busy_server_is_tried_again_and_one_that_refuses_is_not() {
    let scene = Scene::declared(Kind::Real, 1).await;
    let jonas = "jonas.brandt@example.org";
    scene.app.sink.behave(jonas, Behaviour::Greylist { times: 1 });
    assert_eq!(scene.mailed_at(0).await, [""; 0]);
    assert_eq!(scene.mailed_at(1).await, ["jonas.brandt"]);

    scene.app.sink.behave(jonas, Behaviour::Refuse { code: 550, words: "no such user".into() });
    let tries = scene.app.sink.tries(jonas);
    for minute in 5..9 {
        scene.mails_at(minute).await;
    }
    assert_eq!(scene.app.sink.tries(jonas), tries + 1);
    scene.app.end().await;
}

#[tokio::test]
async fn what_is_undone_while_it_is_held_never_leaves() {
    let scene = Scene::declared(Kind::Real, 3).await;
    let (ada, now) = (scene.app.person("ada-lovelace").await, scene.app.clock.now());
    incidents::undo(&scene.app.db, scene.incident, ada, now).await.unwrap();

    scene.assert_mailed(&[(30, &[])]).await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_page_that_waits_is_not_sent_once_somebody_else_has_the_role() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.assert_mailed(&[(0, &["jonas.brandt"])]).await;
    scene.app.sink.behave("jonas.brandt@example.org", Behaviour::Greylist { times: 1 });
    assert_eq!(scene.mailed_at(5).await, ["emeka.obi"]);

    scene.press("emeka.obi", Answer::Have).await;

    scene.assert_mailed(&[(12, &[])]).await;
    scene.app.end().await;
}

#[tokio::test]
async fn those_who_may_have_read_a_page_hear_who_called_it_off() {
    let scene = Scene::declared(Kind::Drill, 1).await;
    scene.assert_mailed(&[(0, &["jonas.brandt"])]).await;
    let (ada, now) = (scene.app.person("ada-lovelace").await, scene.app.clock.now());
    incidents::step(&scene.app.db, scene.incident, Step::FalseAlarm, ada, now).await.unwrap();

    let off = scene.mails_at(0).await;
    assert_eq!(recipients(&off), ["jonas.brandt"]);
    assert!(off[0].subject.starts_with("DRILL level 1: stand down, false alarm"), "{off:?}");
    assert!(off[0].text.contains("called off by Ada Lovelace"), "{off:?}");
    scene.assert_mailed(&[(20, &[])]).await;
    scene.app.end().await;
}

#[tokio::test]
async fn the_commander_is_asked_once_to_raise_what_outlasts_its_level() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.mails_at(0).await;
    scene.press("jonas.brandt", Answer::Have).await;
    let jonas = scene.app.person("jonas-brandt").await;
    let now = scene.app.clock.now();
    incidents::command(&scene.app.db, scene.incident, jonas, jonas, now).await.unwrap();
    scene.mails_at(16).await;

    let mut asked = Vec::new();
    for minute in 17..60 {
        let mails = scene.mails_at(minute).await.into_iter();
        asked.extend(mails.filter(|mail| mail.subject.contains("raise it")).map(|m| (minute, m)));
    }

    let [(minute, mail)] = &asked[..] else { panic!("not once: {asked:?}") };
    assert_eq!((*minute, &mail.to[..]), (30, &["jonas.brandt@example.org".to_owned()][..]));
    assert!(mail.subject.starts_with("Level 1: raise it to level 2?"), "{mail:?}");
    assert!(mail.link("/incidents/").is_some(), "{mail:?}");
    scene.app.end().await;
}

#[tokio::test]
async fn lowering_by_somebody_who_knows_how_long_it_lasts_asks_nothing() {
    let scene = Scene::declared(Kind::Real, 3).await;
    scene.mails_at(0).await;
    let ada = scene.app.person("ada-lovelace").await;
    for minute in [5, 10, 15] {
        scene.mails_at(minute).await;
    }
    let later = scene.mails_after(Duration::hours(3)).await;
    assert_eq!(recipients(&later), [""; 0]);
    let now = scene.app.clock.now();
    incidents::lower(&scene.app.db, scene.incident, 2, "bookings work", ada, now).await.unwrap();

    assert_eq!(recipients(&scene.mails_after(Duration::hours(4)).await), [""; 0]);
    scene.app.end().await;
}

#[tokio::test]
async fn a_server_that_hangs_on_one_page_holds_up_no_other() {
    let scene = Scene::declared(Kind::Real, 1).await;
    let (app, jonas) = (&scene.app, "jonas.brandt@example.org");
    app.sink.behave(jonas, Behaviour::Hang);
    let worker = tokio::spawn(worker::run(app.toolbox(), CancellationToken::new()));
    app.sink.wait_for_tries(jonas, 1).await;

    app.declare(Kind::Real, 2).await;
    let mails = app.sink.wait_for(3).await;

    let others = ["priya.raghunathan", "tomasz.lindqvist", "wilhelmina.featherstonehaugh"];
    assert_eq!(recipients(&mails), others);
    let hanging = "attempts join deliveries on id = delivery where moment = 'ended'
                   and address = 'jonas.brandt@example.org'";
    assert_eq!(scene.count(hanging).await, 0, "the first send was waited for");
    worker.abort();
    app.sink.take_mails();
    scene.app.end().await;
}
