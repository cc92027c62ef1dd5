//! The plan is read whole, and says what is wrong about reaching people.

use hyper::StatusCode;
use muster::actions::plans::import;
use muster::domain::plan::parse;
use serde_json::Value;

use crate::support::app::{LABITORY, TestApp};

/// Texts of the plan that pages show in other words: keys, fixed words, spans, shares, days.
const ELSEWHERE: [&str; 25] = [
    "format",
    "key",
    "owner",
    "approved_by",
    "pages",
    "public_template",
    "holders",
    "marks",
    "components",
    "people",
    "roles",
    "audiences",
    "audience",
    "channels",
    "template",
    "tier",
    "kind",
    "moment",
    "role",
    "number",
    "level",
    "levels",
    "public",
    "updated",
    "next_review",
];

fn leaves(key: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(things) => things.iter().for_each(|thing| leaves(key, thing, found)),
        Value::Object(entries) => entries.iter().for_each(|(key, entry)| leaves(key, entry, found)),
        Value::String(text) if !ELSEWHERE.contains(&key) => found.push(text.clone()),
        _ => {}
    }
}

/// As a page writes it.
fn escaped(text: &str) -> String {
    let pairs = [("&", "&#38;"), ("<", "&#60;"), (">", "&#62;"), ("\"", "&#34;"), ("'", "&#39;")];
    pairs.iter().fold(text.to_owned(), |text, (raw, safe)| text.replace(raw, safe))
}

#[tokio::test]
async fn every_text_of_the_plan_can_be_read_in_force_and_later() {
    let (app, ada) = TestApp::on_plan().await;
    let file = parse(LABITORY).unwrap().0;
    let mut texts = Vec::new();
    leaves("", &serde_json::to_value(&file.plan).unwrap(), &mut texts);
    leaves("", &serde_json::to_value(&file.people).unwrap(), &mut texts);
    let in_words = ["on-change", "0 s"]; // "when something changes", "at once"
    texts.retain(|text| !file.plan.person.contains(text) && !in_words.contains(&text.as_str()));

    for (plan, runbooks) in
        [("/plan", "/plan/runbooks"), ("/plan/revisions/1", "/plan/revisions/1/runbooks")]
    {
        let mut shown = ada.get(plan).await.body;
        for runbook in &file.plan.runbook {
            shown += &ada.get(&format!("{runbooks}/{}", runbook.key)).await.body;
        }
        let missed: Vec<&String> =
            texts.iter().filter(|text| !shown.contains(&escaped(text))).collect();
        assert!(missed.is_empty(), "{plan} lacks {missed:#?}");
    }
    app.end().await;
}

/// What is read of a page: its words, with a bar wherever there was a tag.
fn read(html: &str) -> String {
    let words = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    let words = words.map(str::trim).filter(|words| !words.is_empty());
    words.collect::<Vec<_>>().join("|")
}

#[tokio::test]
async fn whatever_a_row_refers_to_is_named_in_it() {
    let (app, ada) = TestApp::on_plan().await;

    let plan = read(&ada.get("/plan").await.body);

    for row in [
        "Integration APIs|Important, 4 h|Integrations, Database|Partner systems",
        "Database|responders alone|User authentication and authorization, Booking creation",
        "over 2 hours|Full disaster recovery team, Emergency procedures|All 10 roles|First: “Levels 3",
        "|On-call Engineer|No user notification required",
        "Incident Commander|Primary Response Team, Decision Authority|commands incidents|Priya",
        "Omar Haddad|Director of Finance|omar.haddad@example.org|given|+49 30 23125 119|given|",
        "+49 30 23125 102|given|Incident Commander (alternate)|",
        "all-staff@example.org|Holders of Business Liaison|Users|whoever reads what is published|",
        "Executive team|Ingrid Solheim, Omar Haddad|",
        "within 15 min, then every 30 min|within 15 min, then every 30 min|not told|not told|",
        "2, Management|Email distribution lists, Microsoft Teams|Level 2: temporary service",
        "|After 5 min|After 10 min|Nobody after 15 min|Brings in|",
        "and the plan’s owner|Executive team, External authorities|",
        "For levels 3, 4. Subject:|[URGENT] {{service}} Unavailable|",
        "Redis cache and message broker failure|Infrastructure failures|Redis server down|Cache and",
        "labitory_prod|Database Administrator|Database, Sign-in, Bookings, Reports, Integrations|as the",
        "Users are there|&#62; 0|SELECT count(*) FROM auth_user|Bookings, counted|kept, not compared|",
        "Local server|/home/labitory/labitory/backups/|primary|local|",
        "System validation|, before closing|All services operational and responding|",
        "Meeting within 2 d of recovery|Timeline Review",
        "Immediate Actions|, 1 d to 2 d after recovery|",
        "Owner|Priya Raghunathan|Approved by|Aleksandra Wójcik-Kowalczyk|Version|1.0|",
        "Next review|3 May 2027, in 170 days|",
        "by the command line, as revision 1|Digest|sha256 ",
    ] {
        assert!(plan.contains(row), "{row} not in {plan}");
    }
    app.end().await;
}

#[tokio::test]
async fn a_reader_goes_from_the_plan_to_each_part_and_runbook() {
    let (app, ada) = TestApp::on_plan().await;

    let plan = ada.get("/plan").await.body;
    let parts: Vec<&str> = plan.split("<li><a href=\"#").skip(1).collect();
    assert_eq!(parts.len(), 22);
    for part in parts {
        let id = part.split('"').next().unwrap();
        assert!(plan.contains(&format!("<h2 id=\"{id}\">")), "{id}");
    }
    let links: Vec<&str> = plan.split("href=\"/plan/runbooks/").skip(1).collect();
    assert_eq!(links.len(), LABITORY.matches("[[runbook]]").count());
    for link in links {
        let key = link.split('"').next().unwrap();
        let page = ada.get(&format!("/plan/runbooks/{key}")).await;
        assert_eq!(page.status, StatusCode::OK, "{key}");
        assert!(page.body.contains("<h2 id=\"step-1\">"), "{key}: {}", page.body);
    }
    assert_eq!(ada.get("/plan/runbooks/nothing").await.status, StatusCode::NOT_FOUND);
    app.end().await;
}

#[tokio::test]
async fn a_plan_past_its_review_says_by_how_much() {
    let (app, ada) = TestApp::owned().await;
    let late = LABITORY.replacen("next_review = \"2027-05-03\"", "next_review = \"2026-11-02\"", 1);
    import(&app.db, &late, None, None, app.clock.now()).await.unwrap();

    let plan = ada.get("/plan").await.body;

    assert!(plan.contains("Review overdue by 12 days"), "{plan}");
    assert!(plan.contains("2 November 2026, overdue by 12 days"), "{plan}");
    app.end().await;
}

#[tokio::test]
async fn what_recurs_names_its_next_time_in_the_plans_zone() {
    let (app, ada) = TestApp::on_plan().await;

    let plan = ada.get("/plan").await.body;

    for next in ["Sunday 15 November 2026, 02:00 CET", "Monday 3 May 2027, 10:00 CEST"] {
        assert!(plan.contains(next), "{next}");
    }
    app.end().await;
}

#[tokio::test]
async fn without_a_channel_each_level_is_call_list_only() {
    let (app, ada) = TestApp::owned().await;
    import(&app.db, LABITORY, None, None, app.clock.now()).await.unwrap();

    let plan = ada.get("/plan").await.body;

    assert_eq!(plan.matches("call list only").count(), 4, "{plan}");
    assert!(plan.contains("At no level can Muster reach anybody by itself"));
    app.end().await;
}

#[tokio::test]
async fn a_role_that_is_empty_or_that_nobody_reaches_is_red_on_its_levels() {
    let (app, ada) = TestApp::on_plan().await;
    assert!(!ada.get("/plan").await.body.contains("call list only"));
    let failing = "update contact_methods set failing_since = people.created_at from people
                   where people.id = person and people.key in ('daniel-ferreira', 'katarzyna-nowak')";
    assert_eq!(app.tamper(failing).await, 4);
    let mail =
        "update contact_methods set failing_since = people.created_at from people where channel = 'mail'
                and people.id = person and people.key in ('fatima-el-amrani', 'ngozi-okonkwo')";
    assert_eq!(app.tamper(mail).await, 2);
    let left = "update people set disabled_at = created_at
                where key in ('henrik-aaltonen', 'sofia-duarte')";
    assert_eq!(app.tamper(left).await, 2);

    let plan = ada.get("/plan").await.body;

    for words in [
        "Security Lead: nobody can be reached",
        "Network Administrator: call list only",
        "Business Liaison is empty",
    ] {
        assert_eq!(plan.matches(words).count(), 2, "{words}: at levels 3 and 4");
    }
    app.end().await;
}
