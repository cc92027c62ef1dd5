//! An Undo gives back who came over and what was said since, and takes nobody from what they hold here.

use muster::actions::answers::Answer;
use muster::actions::incidents;
use muster::domain::id::IncidentId;
use time::Duration;

use super::super::scene::Scene;
use super::twice;

/// Merged after answers to both, and parted after more of them.
async fn parted() -> (Scene, IncidentId) {
    let (scene, other) = twice(2, 3).await;
    scene.app.mails().await;
    scene.says(scene.id, "tomasz-lindqvist", Answer::Cannot).await;
    scene.says(scene.id, "wilhelmina-featherstonehaugh", Answer::Cannot).await;
    for has in ["tomasz-lindqvist", "ngozi-okonkwo"] {
        scene.says(other, has, Answer::Have).await;
    }
    scene.app.mails().await;
    scene.fold(other).await;
    scene.app.clock.advance(Duration::MINUTE);
    scene.says(scene.id, "priya-raghunathan", Answer::Cannot).await;
    scene.says(scene.id, "daniel-ferreira", Answer::Have).await;
    scene.says(scene.id, "ngozi-okonkwo", Answer::Cannot).await;
    for has in ["ivo-marsh", "ngozi-okonkwo"] {
        scene.says(scene.id, has, Answer::Have).await; // her role is his by now
    }
    let fatima = scene.app.person("fatima-el-amrani").await.to_string();
    scene.press("/command", &[("person", &fatima)]).await;
    scene.app.mails().await;

    scene.part(other).await;
    (scene, other)
}

#[tokio::test]
async fn an_undo_gives_back_what_was_said_since_and_nothing_of_before() {
    let (scene, other) = parted().await;

    let said = |who: &str| {
        format!(
            "select coalesce(max(answer), 'nothing') from responders r join people p
               on p.id = r.person where r.incident = 'ID' and p.key = '{who}'"
        )
    };
    for (who, here, there) in [
        ("tomasz-lindqvist", "have", "have"), // said to the other before the merge: it stands
        ("wilhelmina-featherstonehaugh", "cannot", "nothing"), // and this was not meant for it
        ("priya-raghunathan", "cannot", "cannot"),
        ("daniel-ferreira", "nothing", "have"),
    ] {
        assert_eq!(scene.of(scene.id, &said(who)).await, here, "{who}");
        assert_eq!(scene.of(other, &said(who)).await, there, "{who}");
    }
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn an_undo_takes_nobody_from_what_they_hold_here_and_what_came_over_goes_on_there() {
    let (scene, other) = parted().await;

    let at = |who: &str| {
        format!(
            "select count(*)::text from responders r join people p on p.id = r.person
             where r.incident = 'ID' and p.key = '{who}'"
        )
    };
    assert_eq!(scene.of(scene.id, &at("fatima-el-amrani")).await, "1", "who commands stays");
    assert_eq!(scene.of(scene.id, &at("mei-ling-castellanos")).await, "0", "who came over leaves");
    assert_eq!(scene.of(scene.id, &at("jonas-brandt")).await, "1", "who was its own stays");
    let holds = "select string_agg(role_key, ' ' order by role_key) from duties
                 where incident = 'ID' and until is null";
    assert!(!scene.of(scene.id, holds).await.contains("security-lead"));
    assert!(scene.of(other, holds).await.contains("security-lead"));
    let whose = "select string_agg(p.key, ' ') from duties d join people p on p.id = d.person
                 where d.incident = 'ID' and d.until is null and d.role_key = 'infrastructure'";
    assert_eq!(scene.of(other, whose).await, "ivo-marsh");
    let ended = format!("chains where incident = '{other}' and answered_by is null and exhausted");
    assert_eq!(scene.rows(&ended).await, 0, "what ended with the merge goes on");
    let here = format!("chains where incident = '{}' and role_key = 'security-lead'", scene.id);
    assert_eq!(scene.rows(&here).await, 0, "nor is anybody asked for it here");
    let asked = scene.asked_after(Duration::minutes(5)).await;
    assert!(asked.contains("lena.hoffmann"), "the other's chains go on: {asked:?}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_role_that_came_over_stays_where_it_is_paged_for_by_then() {
    let (scene, other) = twice(1, 2).await;
    scene.app.mails().await;
    scene.fold(other).await;
    let (ada, now) = (scene.app.person("ada-lovelace").await, scene.app.clock.now());
    incidents::raise(&scene.app.db, scene.id, 3, ada, now).await.unwrap();
    scene.asked_after(Duration::seconds(11)).await;

    scene.part(other).await;

    let chains = "select count(*)::text from chains where incident = 'ID'";
    assert_eq!(scene.of(scene.id, chains).await, "10", "all of its level");
    scene.app.mails().await;
    scene.app.end().await;
}
