//! What both incidents know of: it stands for both as it should, and nobody is asked again for what
//! somebody has.

use std::collections::BTreeSet;

use muster::actions::answers::{Answer, answer_signed_in};
use muster::actions::incidents::{self, Step};
use muster::actions::plans;
use muster::domain::id::IncidentId;
use muster::domain::incident::{Kind, Outage};
use time::Duration;

use super::super::scene::Scene;
use super::twice;
use crate::support::app::LABITORY;

const BOOKING: &str = "component.booking";
const FILES: &str = "component.files";

impl Scene {
    pub(super) async fn says(&self, incident: IncidentId, key: &str, says: Answer) {
        let (who, now) = (self.app.person(key).await, self.app.clock.now());
        answer_signed_in(&self.app.db, incident, says, who, now).await.unwrap();
    }

    async fn down(&self, incident: IncidentId, key: &str, outage: Outage) {
        let (ada, now) = (self.app.person("ada-lovelace").await, self.app.clock.now());
        incidents::declare_down(&self.app.db, incident, (key, outage), Some(now), ada, now)
            .await
            .unwrap();
    }

    async fn restored(&self, incident: IncidentId, key: &str) {
        let (ada, now) = (self.app.person("ada-lovelace").await, self.app.clock.now());
        incidents::restore(&self.app.db, incident, key, ada, now).await.unwrap();
    }

    async fn step(&self, incident: IncidentId, step: Step) {
        let (ada, now) = (self.app.person("ada-lovelace").await, self.app.clock.now());
        incidents::step(&self.app.db, incident, step, ada, now).await.unwrap();
    }

    /// Who is written to when so much time has passed, without the end of their addresses.
    pub(super) async fn asked_after(&self, passed: Duration) -> BTreeSet<String> {
        self.app.clock.advance(passed);
        let to = self.app.mails().await.into_iter().flat_map(|mail| mail.to);
        to.map(|to| to.split('@').next().unwrap().to_owned()).collect()
    }

    /// One column of one row.
    pub(super) async fn of(&self, incident: IncidentId, sql: &str) -> String {
        self.text(&sql.replace("ID", &incident.to_string())).await
    }
}

fn people(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn nobody_is_asked_for_what_somebody_has_in_either_and_chains_keep_their_minutes() {
    let scene = Scene::at_level(2).await;
    scene.app.mails().await;
    scene.says(scene.id, "tomasz-lindqvist", Answer::Have).await;
    scene.app.clock.advance(Duration::minutes(4));
    let other = scene.app.declare(Kind::Real, 3).await;
    scene.asked_after(Duration::seconds(11)).await;
    scene.says(other, "wilhelmina-featherstonehaugh", Answer::Have).await;

    scene.fold(other).await;

    let has = format!("responders where incident = '{}' and answer = 'have'", scene.id);
    assert_eq!(scene.rows(&has).await, 2);
    let first = scene.asked_after(Duration::seconds(38)).await; // 5 min after the first
    let wanted = ["priya.raghunathan", "aleksandra.wojcik", "jonas.brandt", "emeka.obi"];
    assert_eq!(first, people(&wanted), "its own chains, in their minute");
    let then = scene.asked_after(Duration::seconds(261)).await; // 5 min after the other
    let brought = ["katarzyna.nowak", "ivo.marsh", "lena.hoffmann", "sofia.duarte"];
    assert!(then.is_superset(&people(&brought)), "chains that came over, in theirs: {then:?}");
    assert!(then.is_disjoint(&people(&["hana.sato", "ruth.abiodun"])), "somebody has it: {then:?}");
    scene.app.end().await;
}

#[tokio::test]
async fn what_takes_on_a_graver_one_has_its_clocks_and_its_first_words_to_the_public() {
    let (scene, other) = twice(1, 2).await; // before the worker has turned once
    scene.fold(other).await;

    let waits = "clocks where done_at is null and fired_at is null";
    let of_other = format!("{waits} and incident = '{other}'");
    assert_eq!(scene.rows(&of_other).await, 0, "nothing of the merged one is due any more");
    let outlast = format!("{waits} and incident = '{}' and kind = 'outlast'", scene.id);
    assert_eq!(scene.rows(&format!("{outlast} and key = '2'")).await, 1);
    assert_eq!(scene.rows(&outlast).await, 1);
    scene.app.mails().await;
    let shown = scene.text("select string_agg(id::text, ' ') from public_incidents").await;
    assert_eq!(shown, scene.id.to_string());
    scene.app.end().await;
}

#[tokio::test]
async fn an_audience_hears_when_either_had_promised_it_and_who_was_told_is_not_due_for_the_other() {
    let scene = Scene::at_level(1).await;
    scene.app.mails().await;
    scene.app.clock.advance(Duration::hours(1));
    let due = "select string_agg(key || ' ' || due_at, ' ' order by key) from clocks
               where incident = 'ID' and kind = 'tell' and done_at is null and key <> ''";
    let other = scene.app.declare(Kind::Real, 1).await;
    scene
        .app
        .tamper(&format!(
            "update clocks set due_at = due_at - interval '2 h'
                               where incident = '{other}' and kind = 'tell'"
        ))
        .await;
    let promised = scene.of(other, due).await;
    assert_ne!(scene.of(scene.id, due).await, promised);
    scene.app.mails().await;

    scene.fold(other).await;

    assert_eq!(scene.of(scene.id, due).await, promised);
    scene.app.end().await;
}

#[tokio::test]
async fn what_is_down_for_either_is_down_and_what_was_stable_is_not_any_more() {
    let (scene, other) = twice(2, 2).await;
    scene.app.mails().await;
    scene.down(scene.id, BOOKING, Outage::Slow).await;
    scene.restored(scene.id, BOOKING).await;
    scene.step(scene.id, Step::Stable).await;
    scene.app.check_all(scene.id).await;
    scene.app.clock.advance(Duration::MINUTE);
    scene.down(other, BOOKING, Outage::Slow).await;
    scene.down(other, FILES, Outage::Down).await;
    let worse = "update component_states set state = 'down' where key = 'booking'";
    scene.app.tamper(worse).await; // as words to the public may say
    let since = "select concat_ws(' ', state, since, restored_at) from affected
                 where incident = 'ID' and key = 'component.booking'";
    let earlier = scene.of(scene.id, &since.replace(", restored_at", "")).await;
    let checked = format!("ticks where incident = '{}'", scene.id);
    assert!(scene.rows(&checked).await > 0);

    scene.fold(other).await;

    let stands = "select phase || ' ' || coalesce(recovered_at::text, 'down') from incidents
                  where id = 'ID'";
    assert_eq!(scene.of(scene.id, stands).await, "recovering down");
    assert_eq!(scene.rows(&checked).await, 0, "checked before closing, to be checked again");
    assert_eq!(scene.of(scene.id, since).await, earlier, "and not restored");
    let public = "select coalesce(string_agg(key || ' ' || state, ', ' order by key), 'working')
                  from component_states where incident = 'ID' and until_at is null";
    let both = "booking down, files down";
    assert_eq!(scene.of(scene.id, public).await, both, "as the worse of both says");
    assert_eq!(scene.of(other, public).await, "working");

    scene.restored(scene.id, BOOKING).await;
    scene.part(other).await;
    let still = "affected where restored_at is null and key = 'component.booking'";
    assert_eq!(scene.rows(still).await, 0, "restored for both");
    assert_eq!(scene.of(scene.id, public).await, "working");
    assert_eq!(scene.of(other, public).await, "files down", "told of on its own again");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn somebody_is_at_work_on_it_if_somebody_is_on_the_other() {
    let (scene, other) = twice(1, 1).await;
    scene.app.mails().await;
    scene.step(other, Step::Recovering).await;
    scene.fold(other).await;

    let phase = "select phase from incidents where id = 'ID'";
    assert_eq!(scene.of(scene.id, phase).await, "recovering");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn it_lasts_since_the_earlier_of_both_and_is_asked_about_accordingly() {
    let (scene, other) = twice(1, 1).await;
    scene.app.mails().await;
    let earlier = "update incidents set impact_start = impact_start - interval '20 min'
                   where id = 'ID'";
    scene.app.tamper(&earlier.replace("ID", &other.to_string())).await;
    let start = "select impact_start::text from incidents where id = 'ID'";
    let asked = "select string_agg((due_at - interval '30 min')::text, ' ') from clocks
                 where incident = 'ID' and kind = 'outlast' and done_at is null";
    let (own, theirs) = (scene.of(scene.id, start).await, scene.of(other, start).await);

    for (then, wanted) in [("merged", &theirs), ("parted", &own)] {
        if then == "merged" {
            scene.fold(other).await
        } else {
            scene.part(other).await
        }
        assert_eq!(&scene.of(scene.id, start).await, wanted, "{then}");
        assert_eq!(&scene.of(scene.id, asked).await, wanted, "{then}");
    }
    scene.app.end().await;
}

#[tokio::test]
async fn of_another_revision_of_the_plan_comes_over_only_what_this_one_has_too() {
    let (scene, _) = twice(1, 1).await;
    let changed = LABITORY.replace("Stop application services", "Stop everything");
    let changed = changed.replace(
        "[[component]]\nkey = \"sign-in\"",
        "[[component]]\nkey = \"mail\"\nname = \"Mail\"\npublic = true\n\n[[component]]\nkey = \"sign-in\"",
    );
    assert!(changed.contains("Stop everything") && changed.contains("name = \"Mail\""));
    plans::import(&scene.app.db, &changed, None, None, scene.app.clock.now()).await.unwrap();
    let other = scene.app.declare(Kind::Real, 1).await;
    scene.app.mails().await;
    scene.down(other, "component.mail", Outage::Down).await;
    for (incident, number) in [(other, "1"), (other, "2"), (scene.id, "2"), (other, "3")] {
        let id = scene.fresh_id();
        let tick = [("id", id.as_str()), ("press", "done"), ("number", number)];
        scene.press_on(incident, "/runbooks/point-in-time-recovery", &tick).await;
    }

    scene.fold(other).await;

    let ticks = "select count(*) || ' of ' || count(distinct key) from ticks where incident = 'ID'";
    assert_eq!(scene.of(scene.id, ticks).await, "2 of 2", "not the first, and the second once");
    assert_eq!(scene.rows(&format!("affected where incident = '{}'", scene.id)).await, 0);
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_task_that_was_done_stays_and_the_timer_of_one_that_moves_rings_once() {
    let (scene, other) = twice(1, 1).await;
    scene.app.mails().await;
    let ada = scene.app.person("ada-lovelace").await.to_string();
    let (done, open) = (scene.fresh_id(), scene.fresh_id());
    for id in [&done, &open] {
        let task = [("id", id.as_str()), ("kind", "task"), ("text", "Ask"), ("person", &ada)];
        let task = [&task[..], &[("minutes", "30")]].concat();
        scene.press_on(other, "/entries", &task).await;
    }
    scene.press_on(other, &format!("/tasks/{done}"), &[("press", "done")]).await;

    scene.fold(other).await;

    assert_eq!(scene.rows(&format!("tasks where incident = '{}'", scene.id)).await, 1);
    let timers = "clocks where kind = 'task' and done_at is null and fired_at is null";
    assert_eq!(scene.rows(&format!("{timers} and incident = '{}'", scene.id)).await, 1);
    assert_eq!(scene.rows(timers).await, 1);
    scene.part(other).await;
    assert_eq!(scene.rows(&format!("{timers} and incident = '{other}'")).await, 1);
    assert_eq!(scene.rows(timers).await, 1);
    scene.fold(other).await;
    scene.press(&format!("/tasks/{open}"), &[("press", "done")]).await;
    scene.part(other).await;
    assert_eq!(scene.rows(timers).await, 0, "what was done meanwhile rings no more");
    scene.app.mails().await;
    scene.app.end().await;
}
