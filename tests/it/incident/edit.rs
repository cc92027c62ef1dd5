//! Title, public title and times, changed in place by one or by two people.

use hyper::StatusCode;
use muster::actions::publishing;
use time::Duration;

use super::scene::{Scene, form, typed};
use crate::support::browser::Browser;

type Fields = Vec<(String, String)>;

async fn open(scene: &Scene, browser: &Browser) -> Fields {
    let page = scene.page(browser, "/edit").await;
    form(&page, &scene.path("/edit"))
}

#[tokio::test]
async fn title_public_title_and_times_are_changed_in_place() {
    let scene = Scene::at_level(2).await;
    scene.app.clock.advance(Duration::minutes(14));
    let drawn = open(&scene, &scene.ada).await;

    let changes = [
        ("title", " Booking database refuses writes "),
        ("public_title", "Bookings are unavailable"),
        ("impact_start", "02:58"),
        ("impact_confirmed", "yes"),
        ("detected_at", "03:05"),
    ];
    scene.press("/edit", &typed(&drawn, &changes)).await;

    let page = scene.now().await;
    assert!(page.contains("<h1>Booking database refuses writes</h1>"), "{page}");
    assert!(page.contains("<span>02:58 CET</span>"), "confirmed, and 28 min ago: {page}");
    assert!(page.contains("28:11"), "{page}");
    let words =
        "Public title: “Bookings are unavailable”. Impact start: 02:58 CET, before 03:12 CET.";
    assert!(page.contains(words), "{page}");
    let again = open(&scene, &scene.ada).await;
    let value = |name: &str| again.iter().find(|(field, _)| field == name).unwrap().1.clone();
    assert_eq!(value("detected_at"), "2026-11-14 03:05");
    assert_eq!(value("impact_confirmed"), "yes");
    scene.press("/edit", &typed(&again, &[])).await;
    assert_eq!(scene.count("edited").await, 1, "nothing changed is no entry");
    scene.app.end().await;
}

#[tokio::test]
async fn a_time_that_is_none_stands_in_words_beside_its_field_and_stays_typed() {
    let scene = Scene::at_level(2).await;
    let drawn = open(&scene, &scene.ada).await;

    for (time, words) in [
        ("noon", "“noon” is no time; write it as 03:12 (today) or 2026-11-14 03:12"),
        ("05:58", "this is still to come; type when it began"),
        ("2026-03-29 02:30", "“2026-03-29 02:30” never was: the clocks went forward then"),
        ("2026-10-25 02:30", "write 2026-10-25 02:30 CEST or 2026-10-25 02:30 CET"),
        ("03:12 PST", "names another zone; write it in Europe/Berlin (CET)"),
        ("", "type when it began"),
    ] {
        let page = scene.refused("/edit", &typed(&drawn, &[("impact_start", time)])).await.body;
        assert!(page.contains(words), "{time}: {page}");
        assert!(
            page.contains("aria-describedby=\"impact_start-hint impact_start-error\""),
            "{page}"
        );
        let kept = form(&page, &scene.path("/edit"));
        assert!(kept.contains(&("impact_start".to_owned(), time.to_owned())), "{kept:?}");
    }
    let long = "x".repeat(201);
    for (title, words) in [(" ", "of 1 to 200"), (long.as_str(), "of 1 to 200"), ("a\tb", "stored")]
    {
        let page = scene.refused("/edit", &typed(&drawn, &[("title", title)])).await.body;
        assert!(page.contains(words), "{page}");
    }
    assert_eq!(scene.count("edited").await, 0);
    scene.app.end().await;
}

#[tokio::test]
async fn the_second_writer_sees_the_firsts_change_beside_what_they_typed() {
    let scene = Scene::at_level(2).await;
    let (priya, _) = scene.signed_in("priya-raghunathan", "respond,command").await;
    let mine = open(&scene, &scene.ada).await;
    let theirs = open(&scene, &priya).await;
    let changes = [("title", "Priya’s title"), ("public_title", "Priya’s words")];
    scene.post(&priya, "/edit", &typed(&theirs, &changes)).await;

    let page = scene.refused("/edit", &typed(&mine, &[("title", "Ada’s title")])).await.body;
    assert!(page.contains("it now reads “Priya’s title”"), "{page}");
    let informed = form(&page, &scene.path("/edit"));
    for kept in [("title", "Ada’s title"), ("public_title", "Priya’s words")] {
        assert!(informed.contains(&(kept.0.to_owned(), kept.1.to_owned())), "{informed:?}");
    }
    assert!(scene.now().await.contains("<h1>Priya’s title</h1>"));

    scene.press("/edit", &typed(&informed, &[])).await;
    let page = scene.now().await;
    assert!(page.contains("<h1>Ada’s title</h1>"), "{page}");
    assert_eq!(scene.count("edited").await, 2);
    scene.app.end().await;
}

#[tokio::test]
async fn what_two_people_change_in_two_fields_both_stands() {
    let scene = Scene::at_level(2).await;
    let (priya, _) = scene.signed_in("priya-raghunathan", "respond,command").await;
    let (mine, theirs) = (open(&scene, &scene.ada).await, open(&scene, &priya).await);

    scene.post(&priya, "/edit", &typed(&theirs, &[("title", "Disk is full")])).await;
    scene.press("/level", &[("way", "raise"), ("level", "3")]).await;
    scene.press("/edit", &typed(&mine, &[("impact_confirmed", "yes")])).await;

    let page = scene.now().await;
    assert!(page.contains("<h1>Disk is full</h1>") && !page.contains("unconfirmed"), "{page}");
    scene.app.end().await;
}

#[tokio::test]
async fn what_was_marked_from_the_first_moment_on_follows_when_that_is_corrected() {
    let scene = Scene::at_level(3).await;
    scene.app.clock.advance(Duration::minutes(30));
    scene.press("/affected", &[("press", "down function.booking")]).await;
    scene.press("/affected", &[("press", "down function.sign-in"), ("since", "03:20")]).await;
    let drawn = open(&scene, &scene.ada).await;

    scene.press("/edit", &typed(&drawn, &[("impact_start", "02:58")])).await;

    let page = scene.page(&scene.ada, "/affected").await;
    assert!(page.contains("down since 02:58 CET"), "{page}");
    assert!(page.contains("down since 03:20 CET"), "{page}");
    scene.app.end().await;
}

#[tokio::test]
async fn words_for_the_public_are_changed_by_who_may_publish_alone() {
    let scene = Scene::at_level(3).await;
    let (tomasz, _) = scene.signed_in("tomasz-lindqvist", "respond").await;
    let (mei_ling, _) = scene.signed_in("mei-ling-castellanos", "respond").await;
    let drawn = open(&scene, &tomasz).await;
    assert!(!drawn.iter().any(|(name, _)| name == "public_title"), "{drawn:?}");

    let forged = typed(&drawn, &[("public_title", "All is well")]);
    let answer = scene.post(&tomasz, "/edit", &forged).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
    let own = scene.post(&tomasz, "/edit", &typed(&drawn, &[("title", "Disk is full")])).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER, "{}", own.body);

    scene.post(&mei_ling, "/answer", &[("answer", "have")]).await;
    let drawn = open(&scene, &mei_ling).await;
    let words = typed(&drawn, &[("public_title", "Bookings are down")]);
    let answer = scene.post(&mei_ling, "/edit", &words).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_new_public_title_is_what_the_public_reads() {
    let scene = Scene::at_level(3).await;
    scene.app.mails().await;
    let public = async || {
        let (app, now) = (&scene.app, scene.app.clock.now());
        publishing::renew(&app.db, &app.state.published, now).await.unwrap().unwrap();
        app.browser().get("/status").await.body
    };
    assert!(!public().await.contains("Bookings are down"));
    let drawn = open(&scene, &scene.ada).await;

    scene.press("/edit", &typed(&drawn, &[("public_title", "Bookings are down")])).await;
    let page = public().await;
    assert!(page.contains("Bookings are down"), "{page}");
    assert!(!page.contains("Unnamed, 03:12"), "the private title stays private: {page}");
    scene.app.end().await;
}
