//! Merges that meet other presses: one of the two wins, the other is told, and nothing is half done.

use hyper::StatusCode;
use muster::actions::ActionError;
use muster::actions::answers::{Answer, answer};
use muster::actions::incidents::{self, Merging, Step};
use muster::domain::id::{DeliveryId, EntryId, IncidentId, PersonId};
use muster::domain::incident::{Incident, Kind, Phase};
use muster::store;
use sqlx::Connection as _;
use time::Duration;

use super::scene::Scene;

/// Two incidents of level 1, and who presses.
async fn two() -> (Scene, IncidentId, PersonId) {
    let scene = Scene::at_level(1).await;
    let other = scene.app.declare(Kind::Real, 1).await;
    scene.app.mails().await;
    let ada = scene.app.person("ada-lovelace").await;
    (scene, other, ada)
}

impl Scene {
    fn merging(&self, into: IncidentId) -> Merging {
        Merging { id: EntryId::new(self.app.clock.now()), into, seen: (1, 1) }
    }

    /// A press on a form that shows both as they stand now.
    async fn merging_again(&self, from: IncidentId, into: IncidentId) -> Merging {
        let seen = (self.stored(from).await.version, self.stored(into).await.version);
        Merging { seen, ..self.merging(into) }
    }

    /// Holds both incidents' rows until both presses wait for them, then lets go.
    async fn at_once<A, B>(&self, one: A, two: B) -> (A::Output, B::Output)
    where
        A: Future,
        B: Future,
    {
        let mut aside = self.app.aside().await;
        let mut held = aside.begin().await.unwrap();
        sqlx::query("select from incidents for update").execute(&mut *held).await.unwrap();
        let release = async {
            self.until_waiting(2).await;
            held.commit().await.unwrap();
        };
        let (one, two, ()) = tokio::join!(one, two, release);
        (one, two)
    }

    /// Returns once so many presses wait for a row that somebody holds.
    async fn until_waiting(&self, presses: i64) {
        let waiting = "select count(*) from pg_stat_activity
                       where wait_event_type = 'Lock' and datname = current_database()";
        let mut looking = self.app.aside().await;
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut looking).await.unwrap() < presses
        {
            tokio::task::yield_now().await;
        }
    }

    async fn merged(&self) -> i64 {
        let sql = "select count(*) from incidents where merged_into is not null";
        sqlx::query_scalar(sql).fetch_one(self.app.db.pool().unwrap()).await.unwrap()
    }

    async fn stored(&self, id: IncidentId) -> Incident {
        let mut conn = self.app.db.pool().unwrap().acquire().await.unwrap();
        store::incidents::find(&mut conn, id).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn of_two_merges_that_cross_one_is_done_and_the_other_told() {
    let (scene, other, ada) = two().await;
    let (db, now) = (&scene.app.db, scene.app.clock.now());
    let (there, back) = (scene.merging(other), scene.merging(scene.id));

    let (one, two) = scene
        .at_once(
            incidents::merge(db, scene.id, &there, ada, now),
            incidents::merge(db, other, &back, ada, now),
        )
        .await;

    let refused = [one, two].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert_eq!((refused.len(), scene.merged().await), (1, 1), "{refused:?}");
    assert!(matches!(&refused[0], ActionError::Refused(_)), "{refused:?}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_merge_and_a_false_alarm_at_once_end_it_once() {
    let (scene, other, ada) = two().await;
    let (db, now) = (&scene.app.db, scene.app.clock.now());
    let merging = scene.merging(scene.id);

    let (merged, closed) = scene
        .at_once(
            incidents::merge(db, other, &merging, ada, now),
            incidents::step(db, other, Step::FalseAlarm, ada, now),
        )
        .await;

    assert_ne!(merged.is_ok(), closed.is_ok(), "{merged:?} {closed:?}");
    let phase = if merged.is_ok() { Phase::Merged } else { Phase::FalseAlarm };
    assert_eq!(scene.stored(other).await.phase, phase);
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_merge_and_a_raise_at_once_are_both_done_or_the_merge_is_told() {
    let (scene, other, ada) = two().await;
    let (db, now) = (&scene.app.db, scene.app.clock.now());
    let merging = scene.merging(scene.id);

    let (merged, raised) = scene
        .at_once(
            incidents::merge(db, other, &merging, ada, now),
            incidents::raise(db, scene.id, 2, ada, now),
        )
        .await;

    match (&merged, &raised) {
        (Ok(()), Err(error)) => panic!("the target goes on, so it is raised: {error}"),
        (Err(ActionError::Refused(_) | ActionError::Invalid(_)) | Ok(()), Ok(_)) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(scene.merged().await, i64::from(merged.is_ok()));
    scene.app.clock.advance(Duration::seconds(11));
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn the_same_press_twice_at_once_merges_once_and_so_does_its_undo() {
    let (scene, other, ada) = two().await;
    let (db, now) = (&scene.app.db, scene.app.clock.now());
    let merging = scene.merging(scene.id);

    let press = || incidents::merge(db, other, &merging, ada, now);
    let (one, two) = scene.at_once(press(), press()).await;
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    assert_eq!((scene.merged().await, scene.count("merged").await), (1, 1));

    let undo = || incidents::unmerge(db, other, merging.id, ada, now);
    let (one, two) = scene.at_once(undo(), undo()).await;
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    assert_eq!((scene.merged().await, scene.count("merged").await), (0, 2));
    scene.app.end().await;
}

#[tokio::test]
async fn an_old_page_undoes_no_later_merge() {
    let (scene, other, ada) = two().await;
    let (db, now) = (&scene.app.db, scene.app.clock.now());
    let first = scene.merging(scene.id);
    incidents::merge(db, other, &first, ada, now).await.unwrap();
    incidents::unmerge(db, other, first.id, ada, now).await.unwrap();
    let again = scene.merging_again(other, scene.id).await;
    incidents::merge(db, other, &again, ada, now).await.unwrap();

    let undone = incidents::unmerge(db, other, first.id, ada, now).await;

    assert!(matches!(undone, Err(ActionError::Refused(_))), "{undone:?}");
    assert_eq!(scene.merged().await, 1);
    incidents::unmerge(db, other, again.id, ada, now).await.unwrap();
    assert_eq!(scene.merged().await, 0);
    scene.app.end().await;
}

#[tokio::test]
async fn an_answer_that_meets_the_undo_of_a_merge_is_not_kept_where_it_is_not_meant() {
    let (scene, other, ada) = two().await;
    let (db, now) = (&scene.app.db, scene.app.clock.now());
    let page = "select d.id from deliveries d join messages m on m.id = d.message
                where m.incident = $1";
    let page = sqlx::query_scalar(page).bind(other.0).fetch_one(db.pool().unwrap()).await.unwrap();
    let merging = scene.merging(scene.id);
    incidents::merge(db, other, &merging, ada, now).await.unwrap();

    let (undone, answered) = scene
        .at_once(incidents::unmerge(db, other, merging.id, ada, now), async {
            scene.until_waiting(1).await; // the undo is first in line
            answer(db, DeliveryId(page), Answer::Have, now).await
        })
        .await;

    undone.unwrap();
    let told = answered.unwrap_err().to_string();
    assert!(told.contains("press once more"), "{told}");
    answer(db, DeliveryId(page), Answer::Have, now).await.unwrap();
    let has = "select incident from responders where answer = 'have'";
    let has: Vec<uuid::Uuid> = sqlx::query_scalar(has).fetch_all(db.pool().unwrap()).await.unwrap();
    assert_eq!(has, [other.0]);
    scene.app.end().await;
}

#[tokio::test]
async fn what_changed_since_the_form_was_drawn_is_told_beside_a_fresh_look() {
    let (scene, other, ada) = two().await;
    let (db, now) = (&scene.app.db, scene.app.clock.now());
    incidents::command(db, scene.id, ada, ada, now).await.unwrap();

    let (id, into) = (scene.fresh_id(), scene.id.to_string());
    let fields = [("id", id.as_str()), ("into", &into), ("seen", "1"), ("seen_into", "1")];
    let told = scene.ada.post(&format!("/incidents/{other}/merge"), &fields).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", told.body);
    assert!(told.body.contains("was changed meanwhile"), "{}", told.body);
    assert!(told.body.contains("name=\"seen_into\" value=\"2\""), "{}", told.body);
    let back = incidents::merge(db, scene.id, &scene.merging(other), ada, now).await;
    assert!(matches!(back, Err(ActionError::Invalid(_))), "nor the other way: {back:?}");
    assert_eq!(scene.merged().await, 0);
    scene.app.end().await;
}
