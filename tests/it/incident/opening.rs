//! Pages of incidents that are odd: unknown, over, a drill, long, huge, or with little behind them.

use hyper::StatusCode;
use muster::actions::entries::{self, Written};
use muster::domain::id::{EntryId, StreamId};
use muster::domain::incident::Kind;
use muster::domain::rights::Rights;
use muster::domain::timeline::Kind as Entry;
use muster::store::streams;
use sqlx::PgConnection;
use time::Duration;

use super::scene::Scene;

const PAGES: [&str; 13] = [
    "",
    "/timeline",
    "/tasks",
    "/briefing",
    "/runbooks",
    "/runbooks/point-in-time-recovery",
    "/command",
    "/affected",
    "/edit",
    "/record",
    "/calls",
    "/entries/1",
    "/roles/security-lead",
];

async fn all(scene: &Scene) -> Vec<String> {
    let mut pages = Vec::new();
    for page in PAGES {
        pages.push(scene.page(&scene.ada, page).await);
    }
    pages
}

#[tokio::test]
async fn an_incident_that_is_none_is_nowhere() {
    let scene = Scene::at_level(1).await;
    for id in ["nonsense", "01930000-0000-7000-8000-00000000ffff"] {
        for page in PAGES {
            let answer = scene.ada.get(&format!("/incidents/{id}{page}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}{page}");
            assert!(answer.body.contains("To the front page"), "{}", answer.body);
        }
    }
    scene.app.end().await;
}

#[tokio::test]
async fn each_page_of_a_drill_says_so_first() {
    let scene = Scene::declared(Kind::Drill, 3).await;
    scene.app.clock.advance(Duration::seconds(11));

    for page in all(&scene).await {
        assert!(page.contains("class=\"drill level-3\"") && page.contains("drill-band"), "{page}");
        assert!(page.contains("<h1>DRILL: "), "{page}");
        assert!(page.contains("<title>DRILL, "), "{page}");
    }
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn long_names_and_titles_stand_whole_and_are_escaped() {
    let scene = Scene::at_level(3).await;
    let title = "“<script>” & ".repeat(16)[..].chars().take(200).collect::<String>();
    let sql = format!("update incidents set title = '{title}'");
    scene.app.tamper(&sql).await;
    scene.app.tamper("update people set name = rpad(name || ' <b>', 80, 'von und zu ')").await;

    for page in all(&scene).await {
        assert!(!page.contains("“<script>") && !page.contains("<b>von"), "{page}");
    }
    assert!(scene.now().await.contains("“&#60;script&#62;” &#38; "));
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn pages_stand_without_responders_without_the_level_in_the_plan_and_when_it_is_over() {
    let scene = Scene::at_level(1).await;
    scene.app.mails().await;
    for sql in ["delete from responders", "delete from chains", "update incidents set level = 1"] {
        scene.app.tamper(sql).await;
    }
    let page = scene.now().await;
    assert!(page.contains("nobody was paged") && page.contains("Nobody"), "{page}");
    all(&scene).await;

    let without = "update plan_revisions set document = convert_to(replace(convert_from(document, \
                   'UTF8'), '\"number\":1', '\"number\":9'), 'UTF8')";
    scene.app.tamper(without).await;
    assert!(scene.now().await.contains("<b>1</b> Level 1"));
    all(&scene).await;
    scene.press("/phase", &[("step", "false-alarm")]).await;
    all(&scene).await;
    scene.app.end().await;
}

/// Rows of entries that Postgres reads for the newest ones and for all corrections, as it counts them, once its planner knows the
/// table's size (autovacuum's work elsewhere).
async fn rows_read(scene: &Scene) -> i64 {
    let (pool, stream) = (scene.app.db.pool().unwrap(), StreamId(scene.id.0));
    sqlx::query("analyze entries, entry_bodies").execute(pool).await.unwrap();
    let mut transaction = pool.begin().await.unwrap();
    let before = rows_counted(&mut transaction).await;
    streams::newest(&mut transaction, stream, None, 5).await.unwrap();
    assert_eq!(streams::of_kind(&mut transaction, stream, Entry::Correction).await.unwrap(), []);
    rows_counted(&mut transaction).await - before
}

async fn rows_counted(conn: &mut PgConnection) -> i64 {
    let sql = "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint
               from pg_stat_xact_user_tables where relname in ('entries', 'entry_bodies')";
    sqlx::query_scalar(sql).fetch_one(conn).await.unwrap()
}

#[tokio::test]
async fn two_thousand_entries_are_shown_a_few_at_a_time() {
    let scene = Scene::at_level(1).await;
    let by = scene.app.person("ada-lovelace").await;
    for number in 1..2_000 {
        let (now, text) = (scene.app.clock.now(), format!("Note {number}"));
        let written = Written { id: EntryId::new(now), text, occurred_at: None };
        entries::note(&scene.app.db, scene.id, written, by, now).await.unwrap();
    }

    let now = scene.now().await;
    assert!(now.contains("All 2000 entries"), "{now}");
    assert_eq!(now.matches("id=\"entry-").count(), 5);
    let timeline = scene.page(&scene.ada, "/timeline").await;
    assert_eq!(timeline.matches("id=\"entry-").count(), 50);
    assert!(timeline.contains("Whole: 2000 entries"), "{timeline}");
    let paper = scene.page(&scene.ada, "/timeline?all=yes").await;
    assert_eq!(paper.matches("id=\"entry-").count(), 2_000);
    let read = rows_read(&scene).await;
    assert!(read <= 100, "{read} rows of entries are read for the incident's page");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn who_only_reads_is_offered_no_press_and_sees_why_on_the_command_page() {
    let scene = Scene::at_level(2).await;
    scene.app.account("Vera", "vera@muster.test", Rights::from_names(["view"]).unwrap()).await;
    let vera = scene.app.signed_in("vera@muster.test").await;

    let runbook = "/runbooks/declare";
    for page in ["", "/timeline", "/tasks", runbook, "/affected", "/entries/1", "/roles/dba"] {
        let html = scene.page(&vera, page).await;
        let main = &html[html.find("<main").unwrap()..html.find("</main>").unwrap()];
        let presses = main.matches("<button").count() - main.matches("<button disabled").count();
        assert_eq!(presses, 0, "{page}: {main}");
    }
    let html = scene.page(&vera, "/command").await;
    assert!(html.contains("needs the right “command”"), "{html}");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn the_page_tells_the_browser_how_to_stay_fresh_and_works_without() {
    let scene = Scene::at_level(2).await;

    let page = scene.now().await;

    let (live, own) = (scene.path("/live"), scene.path(""));
    assert!(page.contains(&format!("data-live=\"{live}\" data-live-page=\"{own}\"")), "{page}");
    for region in ["situation", "due", "people", "entries", "down-and-deeds", "changes"] {
        let (_, rest) = page.split_once(&format!("id=\"{region}\"")).expect(region);
        assert!(rest.split('>').next().unwrap().contains("data-region"), "{region}");
    }
    assert!(page.contains("data-changes-in=\"60000\""), "a minute at most: {page}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_clock_of_a_kind_that_a_later_release_sets_is_left_to_it() {
    let scene = Scene::at_level(1).await;
    let later = "insert into clocks (incident, kind, due_at) select id, 'lunch', declared_at from incidents";
    scene.app.tamper(later).await;

    all(&scene).await;
    assert!(!scene.app.mails().await.is_empty(), "the other clocks and jobs go on");
    assert_eq!(
        scene.app.tamper("select from clocks where kind = 'lunch' and fired_at is null").await,
        1
    );
    scene.app.end().await;
}
