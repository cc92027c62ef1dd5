//! Who publishes, when nobody does, and what goes with the words.

use hyper::StatusCode;
use muster::actions::incidents::{self, Edit, Facts, Step};
use muster::domain::incident::{Kind, Outage};
use muster::domain::rights::{Right, Rights};
use time::Duration;

use super::WORDS;
use super::scene::{OTHER_ID, Scene};
use crate::support::app::START;

#[tokio::test]
async fn components_are_told_as_down_slow_or_working_by_the_latest_press() {
    let scene = Scene::open(Kind::Real, 3).await;
    let (db, now) = (&scene.app.db, scene.app.clock.now());
    let down = ("component.booking", Outage::Down);
    incidents::declare_down(db, scene.id, down, None, scene.ada, now).await.unwrap();
    let state = async |name: &str| {
        let page = scene.status().await;
        let (_, rest) = page.split_once(&format!(">{name}</h3>")).unwrap();
        let words = rest.split("</span>").next().unwrap();
        words.rsplit('>').next().unwrap().to_owned()
    };
    assert_eq!(state("Bookings").await, "down");

    let mut fields = scene.fields(&scene.form().await, "Bookings are slow.");
    assert_eq!(fields["component.booking"], "down", "the form begins with what is told");
    fields.insert("component.booking".to_owned(), "slow".to_owned());
    fields.insert("component.api".to_owned(), "down".to_owned());
    fields.insert("component.database".to_owned(), "down".to_owned());
    scene.publish(&fields).await;
    assert_eq!(state("Bookings").await, "slow");
    assert_eq!(state("Integrations").await, "down");
    assert!(!scene.status().await.contains(">Database<"), "it is not public");

    incidents::restore(db, scene.id, "component.booking", scene.ada, now).await.unwrap();
    assert_eq!(state("Bookings").await, "working");
    assert_eq!(state("Integrations").await, "down", "nobody pressed anything on it");
    scene.app.end().await;
}

#[tokio::test]
async fn who_commands_or_holds_the_role_for_words_publishes_and_nobody_else() {
    let scene = Scene::open(Kind::Real, 3).await;
    for (name, rights) in
        [("grace", Right::View), ("linus", Right::Respond), ("joan", Right::Command)]
    {
        let email = format!("{name}@example.org");
        scene.app.account(name, &email, Rights::from_iter([rights])).await;
    }
    let fields = scene.fields(&scene.form().await, WORDS);
    for name in ["grace", "linus"] {
        let browser = scene.app.signed_in(&format!("{name}@example.org")).await;
        let page = browser.get(&scene.path("/update")).await;
        assert!(page.body.contains("the role Communications Coordinator"), "{}", page.body);
        assert!(!page.body.contains("name=\"words\""), "{}", page.body);
        for press in ["look", "publish"] {
            let refused = scene.press_as(&browser, press, &fields).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name}: {}", refused.body);
        }
    }

    let (grace, id) = (scene.app.person("grace").await, scene.id);
    scene
        .app
        .tamper(&format!(
            "insert into duties (id, incident, role_key, person, since)
         values (gen_random_uuid(), '{id}', 'communications', '{grace}', '2026-11-14 02:12Z')"
        ))
        .await;
    let browser = scene.app.signed_in("grace@example.org").await;
    let done = scene.press_as(&browser, "publish", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);

    scene.app.tamper("update duties set until = since").await;
    let mut late = scene.fields(&scene.form().await, "Late.");
    late.insert("id".to_owned(), OTHER_ID.to_owned());
    assert_eq!(scene.press_as(&browser, "publish", &late).await.status, StatusCode::FORBIDDEN);
    let joan = scene.app.signed_in("joan@example.org").await;
    assert_eq!(scene.press_as(&joan, "publish", &late).await.status, StatusCode::SEE_OTHER);
    scene.app.end().await;
}

#[tokio::test]
async fn while_sending_is_held_nothing_is_published() {
    let scene = Scene::declared(Kind::Real, 3).await;
    let fields = scene.fields(&scene.form().await, WORDS);

    let refused = scene.press("publish", &fields).await;

    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert!(refused.body.contains("still held"), "{}", refused.body);
    incidents::undo(&scene.app.db, scene.id, scene.ada, scene.app.clock.now()).await.unwrap();
    let over = scene.browser.get(&scene.path("/update")).await;
    assert!(over.body.contains("the public never read of it"), "{}", over.body);
    let refused = scene.press("publish", &fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    scene.app.end().await;
}

#[tokio::test]
async fn a_drill_previews_what_it_would_say_and_keeps_it_on_its_own_timeline() {
    let scene = Scene::open(Kind::Drill, 3).await;
    let before = scene.app.public_rows().await;
    let form = scene.form().await;
    assert!(form.contains("A drill publishes nothing"), "{form}");
    let fields = scene.fields(&form, "We practise.");

    let looked = scene.press("look", &fields).await;
    assert!(
        looked.body.contains("We practise.") && looked.body.contains("in a drill it goes nowhere")
    );
    scene.publish(&fields).await;
    scene.publish(&fields).await;

    assert_eq!(scene.app.public_rows().await, before);
    let timeline = scene.browser.get(&scene.path("/timeline")).await.body;
    assert_eq!(timeline.matches("DRILL: We practise.").count(), 1, "{timeline}");
    assert!(timeline.contains("would go to the status page; shown here only"), "{timeline}");
    assert!(!scene.status().await.contains("We practise."));
    scene.app.end().await;
}

#[tokio::test]
async fn a_last_word_is_offered_when_it_is_stable_and_goes_out_when_it_is_closed() {
    let scene = Scene::open(Kind::Real, 3).await;
    let (db, by) = (&scene.app.db, scene.ada);
    scene.app.clock.advance(Duration::minutes(30));
    let now = scene.app.clock.now();
    incidents::restore(db, scene.id, "incident", by, now).await.unwrap();
    incidents::step(db, scene.id, Step::Stable, by, now).await.unwrap();
    let form = scene.form().await;
    assert!(form.contains("It was disturbed from 03:12 CET to 03:42 CET."), "{form}");
    assert!(form.contains("The last word"), "{form}");

    scene.app.check_all(scene.id).await;
    incidents::step(db, scene.id, Step::Close, by, now).await.unwrap();
    let form = scene.form().await;
    assert!(!form.contains("name=\"next_by\"") && !form.contains("component."), "{form}");
    scene.publish(&scene.fields(&form, "A disk had failed. Sorry.")).await;

    let page = scene.status().await;
    let (_, link) = page.split_once("href=\"status/incidents/").unwrap();
    let own =
        scene.browser.get(&format!("/status/incidents/{}", link.split('"').next().unwrap())).await;
    assert!(own.body.contains("A disk had failed. Sorry."), "{}", own.body);
    assert!(own.body.contains("This incident is over."), "{}", own.body);
    scene.app.end().await;
}

#[tokio::test]
async fn since_when_it_lasts_is_told_as_it_was_corrected() {
    let scene = Scene::open(Kind::Real, 3).await;
    assert!(scene.status().await.contains("Since 03:12 CET"), "{}", scene.status().await);
    let now = scene.app.clock.now();
    let was = Facts {
        title: "Unnamed, 03:12".to_owned(),
        public_title: String::new(),
        impact_start: START,
        impact_confirmed: false,
        detected_at: None,
    };
    let is = Facts { impact_start: START - Duration::minutes(72), ..was.clone() };

    incidents::edit(&scene.app.db, scene.id, Edit { was, is }, scene.ada, now).await.unwrap();

    assert!(scene.status().await.contains("Since 02:00 CET"), "{}", scene.status().await);
    scene.app.end().await;
}
