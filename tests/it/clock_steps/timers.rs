//! Timers that name a time of day come at that time, once, though the clock passes it twice; hours
//! in command are counted as they pass.

use muster::actions::entries::Written;
use muster::actions::tasks::{self, Charge};
use muster::actions::{incidents, tellings};
use muster::domain::id::{EntryId, IncidentId};
use muster::domain::incident::{Kind, WATCH};
use muster::store;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{DAY, HOUR, STEPS, at};
use crate::support::app::TestApp;

/// Ada commands an incident at this level.
async fn commanded(level: u8) -> (TestApp, IncidentId) {
    let app = at(None).await;
    let (id, ada) = (app.declare(Kind::Real, level).await, app.person("ada-lovelace").await);
    incidents::command(&app.db, id, ada, ada, app.clock.now()).await.unwrap();
    app.mails().await;
    (app, id)
}

/// How many mails of this work say so.
async fn mails_about(app: &TestApp, words: &str) -> usize {
    app.mails().await.iter().filter(|mail| mail.text.contains(words)).count()
}

/// Passes a time of day after a step, then sets the clock back and passes it again: whoever is asked
/// is asked in that first moment alone.
async fn is_asked_once(app: &TestApp, due: OffsetDateTime, step: Duration, words: &str) {
    app.clock.set(step);
    let left = due - app.clock.now();
    if left.is_positive() {
        app.clock.advance(left - Duration::SECOND);
        assert_eq!(mails_about(app, words).await, 0, "{step}: before its time");
        app.clock.advance(Duration::SECOND);
    }
    assert_eq!(mails_about(app, words).await, 1, "{step}: at its time");
    app.clock.set(-DAY);
    assert_eq!(mails_about(app, words).await, 0, "{step}: set back");
    app.clock.advance(DAY + HOUR);
    assert_eq!(mails_about(app, words).await, 0, "{step}: its time comes again");
}

#[tokio::test]
async fn of_a_late_task_who_commands_is_asked_once_at_its_time() {
    for step in STEPS {
        let (app, id) = commanded(1).await;
        let (ada, now) = (app.person("ada-lovelace").await, app.clock.now());
        let text = "Ask the hosting provider".to_owned();
        let task = Written { id: EntryId::new(now), text, occurred_at: None };
        let charge = Charge { person: ada, minutes: Some(15) };
        tasks::give(&app.db, id, task, charge, ada, now).await.unwrap();

        let due = now + Duration::minutes(15);
        is_asked_once(&app, due, step, "Ask the hosting provider").await;
        app.end().await;
    }
}

#[tokio::test]
async fn of_a_late_post_mortem_who_commanded_is_asked_once_at_its_time() {
    for step in STEPS {
        let (app, id) = commanded(2).await;
        let (ada, now) = (app.person("ada-lovelace").await, app.clock.now());
        incidents::restore(&app.db, id, "incident", ada, now).await.unwrap();
        incidents::step(&app.db, id, incidents::Step::Stable, ada, now).await.unwrap();
        app.check_all(id).await;
        incidents::step(&app.db, id, incidents::Step::Close, ada, now).await.unwrap();
        app.mails().await;

        is_asked_once(&app, now + Duration::hours(48), step, "The post-mortem was due").await;
        app.end().await;
    }
}

#[tokio::test]
async fn who_was_told_is_due_again_after_the_newest_word_whatever_the_clock_said_before() {
    for step in STEPS {
        let (app, id) = commanded(2).await;
        let ada = app.person("ada-lovelace").await;
        let tell = async |id_of_form: u128| {
            let (form, now) = (Uuid::from_u128(id_of_form), app.clock.now());
            tellings::told(&app.db, id, form, "management", ada, now).await.unwrap();
        };
        let due = async || {
            let seen = tellings::read(&app.db, id).await.unwrap();
            let row = seen.rows.iter().find(|row| row.audience.key == "management").unwrap();
            row.due_at.unwrap() - app.clock.now()
        };
        let every = Duration::minutes(30);
        tell(1).await;
        app.clock.set(step);
        app.work().await;
        assert_eq!(due().await, every - step, "{step}: a promised time of day stays");

        app.clock.advance(Duration::minutes(5));
        tell(2).await;
        assert_eq!(due().await, every, "{step}");
        incidents::raise(&app.db, id, 3, ada, app.clock.now()).await.unwrap();
        assert_eq!(due().await, every, "{step}: a raise is no news to them");
        app.mails().await;
        app.end().await;
    }
}

#[tokio::test]
async fn handing_over_is_offered_after_eight_hours_of_command_not_of_the_clock() {
    for step in STEPS {
        let (app, id) = commanded(1).await;
        let offered = async || {
            app.mails().await;
            let found = store::incidents::find(&mut app.aside().await, id).await.unwrap();
            found.unwrap().watch_is_long(app.clock.now()).is_some()
        };
        app.clock.advance(Duration::hours(2));
        assert!(!offered().await);
        app.clock.set(step);

        assert!(!offered().await, "{step}: at once");
        app.clock.advance(WATCH - Duration::hours(2) - Duration::MINUTE);
        assert!(!offered().await, "{step}: too early");
        app.clock.advance(Duration::minutes(2));
        assert!(offered().await, "{step}");
        app.end().await;
    }
}
