//! Telling audiences: who is due when, with which words, and what "told" does.

use hyper::StatusCode;
use muster::actions::incidents::{self, Step};
use muster::actions::{clocks, tellings};
use muster::domain::id::{IncidentId, PersonId};
use muster::domain::incident::Kind;
use muster::domain::rights::{Right, Rights};
use time::Duration;

use crate::support::app::{START, TestApp};
use crate::support::browser::{Answer, Browser};

const FORM: &str = "01930000-0000-7000-8000-00000000f00";

struct Scene {
    app: TestApp,
    browser: Browser,
    ada: PersonId,
    id: IncidentId,
}

impl Scene {
    async fn declared(kind: Kind, level: u8) -> Scene {
        let (app, browser) = TestApp::on_plan().await;
        let (ada, id) = (app.person("ada-lovelace").await, app.declare(kind, level).await);
        Scene { app, browser, ada, id }
    }

    /// Whom the plan wants told, and how many seconds after the declaration; first due first.
    async fn dues(&self) -> Vec<(String, i64)> {
        let seen = tellings::read(&self.app.db, self.id).await.unwrap();
        let rows = seen.rows.iter().map(|row| (row.audience.key.clone(), row.due_at));
        let public = seen.by_page.iter().map(|page| ("(public)".to_owned(), page.due_at));
        let due = rows.chain(public).filter_map(|(key, at)| Some((key, at? - START)));
        let mut due: Vec<_> = due.map(|(key, after)| (key, after.whole_seconds())).collect();
        due.sort_by_key(|(key, after)| (*after, key.clone()));
        due
    }

    async fn after(&self, minutes: i64) {
        self.app.clock.advance(START + Duration::minutes(minutes) - self.app.clock.now());
        while clocks::fire_due(&self.app.db, self.app.clock.now()).await.unwrap() > 0 {}
    }

    async fn told(&self, form: &str, audience: &str) -> Answer {
        let fields = [("id", form), ("audience", audience)];
        self.browser.post(&self.path("/tellings"), &fields).await
    }

    async fn tell(&self, number: u8, audience: &str) {
        let done = self.told(&format!("{FORM}{number}"), audience).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert_eq!(done.location, self.path("/tellings"));
    }

    async fn page(&self, rest: &str) -> String {
        let answer = self.browser.get(&self.path(rest)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    fn path(&self, rest: &str) -> String {
        format!("/incidents/{}{rest}", self.id)
    }

    async fn step(&self, step: Step) {
        let now = self.app.clock.now();
        incidents::step(&self.app.db, self.id, step, self.ada, now).await.unwrap();
    }
}

fn dues(of: &[(&str, i64)]) -> Vec<(String, i64)> {
    of.iter().map(|(key, after)| ((*key).to_owned(), *after)).collect()
}

#[tokio::test]
async fn first_words_are_due_after_the_hold_as_the_matrix_has_it() {
    for (level, wanted) in [
        (1, dues(&[("technical-team", 0)])),
        (2, dues(&[("management", 900), ("technical-team", 900)])),
        (
            3,
            dues(&[
                ("(public)", 310),
                ("stakeholders", 310),
                ("management", 910),
                ("technical-team", 910),
            ]),
        ),
        (
            4,
            dues(&[
                ("(public)", 10),
                ("authorities", 10),
                ("executives", 10),
                ("stakeholders", 310),
                ("management", 910),
                ("technical-team", 910),
            ]),
        ),
    ] {
        let scene = Scene::declared(Kind::Real, level).await;
        assert_eq!(scene.dues().await, wanted, "level {level}");
        scene.app.end().await;
    }
}

#[tokio::test]
async fn the_plans_first_words_tell_the_public_and_promise_the_next() {
    let scene = Scene::declared(Kind::Real, 3).await;
    scene.after(1).await;

    assert!(scene.dues().await.contains(&("(public)".to_owned(), 60 + 900)));
    let now = scene.page("").await;
    assert!(now.contains("Next: tell All stakeholders"), "sooner than the public: {now}");
    assert!(now.contains(&scene.path("/tellings/stakeholders")), "{now}");
    scene.tell(1, "stakeholders").await;
    scene.tell(2, "management").await;
    scene.tell(3, "technical-team").await;
    let now = scene.page("").await;
    assert!(now.contains("Next: tell the public") && now.contains("Write the update"), "{now}");
    let now = scene.app.clock.now();
    incidents::command(&scene.app.db, scene.id, scene.ada, scene.ada, now).await.unwrap();
    scene.after(17).await;
    assert!(scene.page("").await.contains("Overdue: tell the public"));
    let list = scene.page("/tellings").await;
    assert!(
        list.contains("Overdue: tell All stakeholders") || list.contains("Overdue: tell Users")
    );
    scene.app.end().await;
}

#[tokio::test]
async fn who_was_told_is_due_again_after_the_interval_and_twice_pressed_is_told_once() {
    let scene = Scene::declared(Kind::Real, 2).await;
    scene.after(20).await;
    let list = scene.page("/tellings").await;
    assert!(
        list.contains("2 audiences are overdue") && list.contains("overdue by 5 min"),
        "{list}"
    );

    scene.tell(1, "management").await;
    scene.after(21).await;
    scene.tell(1, "management").await;

    assert_eq!(scene.dues().await[1], ("management".to_owned(), 50 * 60), "30 min after minute 20");
    let list = scene.page("/tellings").await;
    assert!(list.contains("03:32 CET, Ada Lovelace") && list.contains("once so far"), "{list}");
    let one = scene.page("/tellings/management").await;
    assert!(one.contains("Told once") && one.contains("03:32 CET, by Ada Lovelace"), "{one}");
    let timeline = scene.page("/timeline").await;
    assert_eq!(timeline.matches("Told: Management.").count(), 1, "{timeline}");

    let other = scene.told(&format!("{FORM}1"), "technical-team").await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.body);
    scene.app.end().await;
}

#[tokio::test]
async fn on_change_is_due_at_each_change_and_none_only_once() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.tell(1, "technical-team").await;
    assert_eq!(scene.dues().await, [], "nothing has changed");

    scene.after(5).await;
    scene.step(Step::Recovering).await;
    assert_eq!(scene.dues().await, dues(&[("technical-team", 300)]));
    scene.tell(2, "technical-team").await;
    assert_eq!(scene.dues().await, []);

    let now = scene.app.clock.now();
    incidents::raise(&scene.app.db, scene.id, 4, scene.ada, now).await.unwrap();
    scene.after(6).await;
    scene.tell(3, "authorities").await;
    scene.tell(4, "executives").await;
    let now = scene.app.clock.now();
    incidents::restore(&scene.app.db, scene.id, "incident", scene.ada, now).await.unwrap();
    scene.step(Step::Stable).await;
    let seen = scene.dues().await;
    assert!(seen.contains(&("executives".to_owned(), 360)), "on change, at once: {seen:?}");
    assert!(!seen.iter().any(|(key, _)| key == "authorities"), "once is enough: {seen:?}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_raise_adds_audiences_and_a_lower_lets_them_go() {
    let scene = Scene::declared(Kind::Real, 2).await;
    let (db, by) = (&scene.app.db, scene.ada);
    scene.tell(1, "management").await;
    scene.after(10).await;

    incidents::raise(db, scene.id, 3, by, scene.app.clock.now()).await.unwrap();
    let raised = dues(&[
        ("(public)", 600 + 10 + 300),
        ("technical-team", 900),
        ("stakeholders", 910),
        ("management", 1_800),
    ]);
    let mut seen = scene.dues().await;
    seen.sort_by_key(|(_, after)| *after);
    let mut wanted = raised;
    wanted.sort_by_key(|(_, after)| *after);
    assert_eq!(seen, wanted, "management keeps its interval, the others have their first words");

    scene.after(11).await;
    let now = scene.app.clock.now();
    incidents::lower(db, scene.id, 1, "only one node", by, now).await.unwrap();
    let seen = scene.dues().await;
    assert_eq!(seen, dues(&[("technical-team", 660)]), "its row of level 1 wants words at once");
    scene.app.end().await;
}

#[tokio::test]
async fn a_raise_that_was_undone_leaves_who_was_told_in_peace() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.tell(1, "technical-team").await;
    let now = scene.app.clock.now();

    incidents::raise(&scene.app.db, scene.id, 4, scene.ada, now).await.unwrap();
    assert_eq!(scene.dues().await.len(), 6);
    incidents::undo(&scene.app.db, scene.id, scene.ada, now).await.unwrap();

    assert_eq!(scene.dues().await, []);
    scene.app.end().await;
}

#[tokio::test]
async fn an_edited_impact_start_makes_nobody_due() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.tell(1, "technical-team").await;
    let now = scene.app.clock.now();
    let edit = incidents::Edit {
        version: 1,
        title: "Disk".to_owned(),
        public_title: String::new(),
        impact_start: now - Duration::minutes(9),
        impact_confirmed: true,
        detected_at: None,
    };

    incidents::edit(&scene.app.db, scene.id, edit, scene.ada, now).await.unwrap();

    assert_eq!(scene.dues().await, []);
    scene.app.end().await;
}

#[tokio::test]
async fn the_text_is_the_plans_and_what_is_not_known_stands_out() {
    let scene = Scene::declared(Kind::Real, 2).await;
    let page = scene.page("/tellings/management").await;

    for words in [
        "[SERVICE NOTICE] Temporary Service Degradation",
        "issues with the Laboratory Management System",
        "Fill in or take out before you send it: {{resolution}}, {{status}}",
        "href=\"mailto:management-alerts@example.org?subject=%5BSERVICE%20NOTICE",
        "data-copy=\"body\"",
        "I have told Management",
        "Microsoft Teams</dt><dd>Emergency Response Team",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("all-staff@example.org"), "another audience's list: {page}");
    let team = scene.page("/tellings/technical-team").await;
    assert!(team.contains("href=\"tel:+4930"), "its people and the emergency phone: {team}");
    let nobody = scene.page("/tellings/authorities").await;
    assert!(nobody.contains("No address is known"), "{nobody}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_drills_texts_begin_with_drill_and_nobody_hears_the_private_title() {
    let scene = Scene::declared(Kind::Drill, 4).await;
    scene.app.tamper("update incidents set title = 'Xq7 is on fire'").await;

    for audience in ["technical-team", "management", "stakeholders", "executives", "authorities"] {
        let page = scene.page(&format!("/tellings/{audience}")).await;
        assert!(page.contains("<input id=\"subject\" value=\"DRILL: "), "{page}");
        let (_, body) = page.split_once("<textarea id=\"body\"").unwrap();
        let (_, body) = body.split_once('>').unwrap();
        let body = body.split("</textarea>").next().unwrap();
        assert!(body.trim_start().starts_with("DRILL: this is an exercise"), "{body}");
        assert!(!body.contains("Xq7"), "{body}");
    }
    scene.app.end().await;
}

#[tokio::test]
async fn who_may_only_look_sees_the_text_and_no_button() {
    let scene = Scene::declared(Kind::Real, 2).await;
    scene.app.account("Grace", "grace@example.org", Rights::from_iter([Right::View])).await;
    let grace = scene.app.signed_in("grace@example.org").await;

    let page = grace.get(&scene.path("/tellings/management")).await;
    let fields = [("id", "01930000-0000-7000-8000-00000000f001"), ("audience", "management")];
    let told = grace.post(&scene.path("/tellings"), &fields).await;

    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("I have told"), "{}", page.body);
    assert_eq!(told.status, StatusCode::FORBIDDEN);
    scene.app.end().await;
}

#[tokio::test]
async fn what_is_no_audience_and_no_form_is_answered_calmly() {
    let scene = Scene::declared(Kind::Real, 2).await;

    let nowhere = scene.browser.get(&scene.path("/tellings/martians")).await;
    let nobody = scene.told(&format!("{FORM}1"), "martians").await;
    let damaged = scene.told("no id", "management").await;
    let unknown = "/incidents/01930000-0000-7000-8000-00000000ffff/tellings";

    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    assert_eq!(damaged.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(damaged.body.contains("not understood"), "{}", damaged.body);
    assert_eq!(scene.browser.get(unknown).await.status, StatusCode::NOT_FOUND);
    scene.app.end().await;
}

#[tokio::test]
async fn who_was_told_of_it_is_told_that_it_is_over() {
    let scene = Scene::declared(Kind::Real, 2).await;
    scene.tell(1, "management").await;
    let now = scene.app.clock.now();
    incidents::restore(&scene.app.db, scene.id, "incident", scene.ada, now).await.unwrap();
    scene.after(40).await;
    scene.step(Step::Stable).await;
    scene.step(Step::Close).await;

    assert_eq!(scene.dues().await, []);
    let list = scene.page("/tellings").await;
    assert!(list.contains("not told that it is over"), "{list}");
    let page = scene.page("/tellings/management").await;
    assert!(page.contains("works again. It was disturbed from 03:12 CET"), "{page}");
    scene.after(41).await;
    scene.tell(2, "management").await;
    assert!(!scene.page("/tellings").await.contains("not told that it is over"));
    let refused = scene.told(&format!("{FORM}3"), "technical-team").await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert_eq!(scene.dues().await, []);
    scene.app.end().await;
}
