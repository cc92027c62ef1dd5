//! Things of the plan are changed in the browser, one at a time.

mod coming;
mod meanwhile;
mod rows;

use hyper::StatusCode;
use muster::domain::plan::edit::Address;
use muster::domain::plan::shape::{THINGS, Thing};
use muster::domain::plan::{difference, parse};
use muster::domain::rights::{Right, Rights};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser};
use crate::support::form;
use rows::ROWS;

type Pairs = Vec<(String, String)>;

fn things(thing: &str) -> String {
    format!("/plan/things/{thing}")
}

async fn post(browser: &Browser, path: &str, pairs: &Pairs) -> Answer {
    let ours = pairs.iter().filter(|(key, _)| key != "csrf");
    let pairs: Vec<(&str, &str)> = ours.map(|(key, value)| (&**key, &**value)).collect();
    browser.post(path, &pairs).await
}

/// The form at `path`, with a field's values replaced where it stands.
async fn filled(browser: &Browser, path: &str, key: &str, values: &[&str]) -> Pairs {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
    let mut pairs = form::fields(&page.body, path);
    pairs.retain(|(other, _)| other != key);
    pairs.extend(values.iter().map(|value| (key.to_owned(), (*value).to_owned())));
    pairs
}

/// Where what was looked at is made.
fn makes(thing: &str) -> String {
    format!("/plan/changes/{thing}")
}

/// Looks at what was typed, and confirms what is shown.
async fn confirmed(browser: &Browser, path: &str, pairs: &Pairs) -> Answer {
    let look = post(browser, path, pairs).await;
    assert_eq!(look.status, StatusCode::OK, "{path} {pairs:?}: {}", look.body);
    confirm(browser, &look).await
}

/// Presses the button below what was looked at.
async fn confirm(browser: &Browser, look: &Answer) -> Answer {
    let (_, rest) = look.body.split_once("action=\"/plan/changes/").expect("nothing to confirm");
    let path = makes(rest.split('"').next().unwrap());
    post(browser, &path, &form::fields(&look.body, &path)).await
}

async fn export(browser: &Browser) -> String {
    browser.get("/plan/export").await.body
}

fn changes(old: &str, new: &str) -> Vec<(String, String)> {
    let [old, new] = [old, new].map(|text| parse(text).unwrap().0);
    let changes = difference(Some(&old), &new);
    changes.into_iter().map(|one| (one.path, one.new.unwrap_or_default())).collect()
}

#[tokio::test]
async fn after_a_change_of_a_field_the_export_differs_by_exactly_that_field() {
    let (app, ada) = TestApp::on_plan().await;
    let mut before = export(&ada).await;

    for (nth, (thing, field, values, becomes)) in ROWS.iter().enumerate() {
        let path = things(thing);
        let mut pairs = filled(&ada, &path, field, values).await;
        // what is looked at comes back in other fields: where it has several lines or quotes
        let done = if becomes.contains(['\n', '"']) {
            confirmed(&ada, &path, &pairs).await
        } else {
            let number = (nth + 2).to_string();
            let said = [("expected_number", number.as_str()), ("doing", "change")];
            pairs.extend(said.map(|(key, value)| (key.to_owned(), value.to_owned())));
            post(&ada, &makes(thing), &pairs).await
        };
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{thing} {field}: {}", done.body);

        let after = export(&ada).await;
        let [(place, new)] = &changes(&before, &after)[..] else { panic!("{thing} {field}") };
        let around =
            thing.replace('/', ".").trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        assert!(place.starts_with(&around) && place.ends_with(&format!(".{field}")), "{place}");
        assert_eq!(new, becomes, "{place}");
        before = after;
    }
    app.end().await;
}

#[test]
fn every_field_that_a_form_shows_is_changed_once() {
    let changed = |list: &str, field: &str| {
        ROWS.iter().any(|(thing, key, ..)| {
            *key == field && thing.parse::<Address>().unwrap().thing().list == list
        })
    };
    fn walk(thing: &Thing, changed: &dyn Fn(&str, &str) -> bool) {
        for field in thing.fields.iter().filter(|field| !thing.is_name(field)) {
            assert!(changed(thing.list, field.key), "no row for {}.{}", thing.list, field.key);
        }
        thing.parts.iter().for_each(|part| walk(part, changed));
    }
    THINGS.into_iter().for_each(|thing| walk(thing, &changed));
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_stays() {
    let (app, ada) = TestApp::on_plan().await;
    let before = export(&ada).await;

    for (thing, field, value, wanted) in [
        ("level/2", "usual_downtime", "soon", "“soon” is no span of time"),
        ("level/2", "name", "", "This is empty; write something."),
        ("function/booking", "name", &"x".repeat(301), "301 characters; 300 at most"),
        ("document", "zone", "Berlin", "“Berlin” is no time zone"),
        ("document", "meeting", "javascript:alert(1)", "is no address of a page"),
        ("template/unavailable", "body", "{{meeting}}", "can&#39;t be filled"),
        ("audience/management", "addresses", "a@example.org\r\nboss", "Line 2: “boss” is no mail"),
        ("notify/2.management", "every", "0 s", "0 s is too short"),
        ("objective/rto", "target", "9 h", "above the maximum"),
        ("schedule/full-backup", "cron", "0 2 31 2 *", "never comes"),
        ("database/labitory/check/users", "expect", "many", "can&#39;t be compared"),
    ] {
        let path = things(thing);
        let answer = post(&ada, &path, &filled(&ada, &path, field, &[value]).await).await;

        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{thing} {field}");
        let error = answer.body.split(&format!("id=\"{field}-error\"")).nth(1).expect(field);
        assert!(error.split("</span>").next().unwrap().contains(wanted), "{wanted}: {error}");
        let typed = form::fields(&answer.body, &path);
        assert!(typed.contains(&(field.to_owned(), value.to_owned())), "{typed:?}");
        assert!(!answer.body.contains("expected_number"), "{thing} {field}");
    }
    assert_eq!(export(&ada).await, before);
    app.end().await;
}

#[tokio::test]
async fn a_warning_is_shown_and_does_not_stand_in_the_way() {
    let (app, ada) = TestApp::on_plan().await;
    let path = things("notify/2.management");

    let look = post(&ada, &path, &filled(&ada, &path, "template", &["unavailable"]).await).await;

    assert_eq!(look.status, StatusCode::OK);
    assert!(look.body.contains("id=\"template-warning\""), "{}", look.body);
    assert!(look.body.contains("is not meant for level 2."), "{}", look.body);
    assert!(look.body.contains("Bring in revision 2"));
    app.end().await;
}

#[tokio::test]
async fn only_owners_find_the_forms() {
    let (app, ada) = TestApp::on_plan().await;
    app.account("Eve", "eve@example.org", Rights::from_iter([Right::View, Right::Command])).await;
    let eve = app.signed_in("eve@example.org").await;

    assert!(ada.get("/plan?change=yes").await.body.contains("href=\"/plan/things/role/dba\""));
    assert!(ada.get("/plan/runbooks/redis").await.body.contains("/plan/things/runbook/redis"));
    for page in ["/plan?change=yes", "/plan/runbooks/redis"] {
        assert!(!eve.get(page).await.body.contains("/plan/things/"), "{page}");
    }
    assert_eq!(eve.get("/plan/things/role/dba").await.status, StatusCode::FORBIDDEN);
    app.end().await;
}

#[tokio::test]
async fn every_link_of_the_plan_that_is_being_changed_leads_to_a_form() {
    let (app, ada) = TestApp::on_plan().await;
    let page = ada.get("/plan?change=yes").await.body;

    let links: Vec<&str> =
        page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let forms: Vec<&&str> = links
        .iter()
        .filter(|link| link.starts_with("/plan/things/") || link.starts_with("/plan/additions/"))
        .collect();
    assert!(forms.len() > 100, "{}", forms.len());
    for link in forms {
        assert_eq!(ada.get(link).await.status, StatusCode::OK, "{link}");
    }
    for nothing in
        ["role", "role/cook", "level", "person/ruth-abiodun", "runbook/redis/step/9", "x/y"]
    {
        assert_eq!(ada.get(&things(nothing)).await.status, StatusCode::NOT_FOUND, "{nothing}");
    }
    for nothing in ["level", "document", "role/dba", "runbook/none/step", "person"] {
        let path = format!("/plan/additions/{nothing}");
        assert_eq!(ada.get(&path).await.status, StatusCode::NOT_FOUND, "{nothing}");
    }
    for nothing in ["level/1", "document", "role", "role/cook"] {
        let path = format!("/plan/removals/{nothing}");
        assert_eq!(ada.get(&path).await.status, StatusCode::NOT_FOUND, "{nothing}");
    }
    app.end().await;
}

#[tokio::test]
async fn any_bytes_in_any_form_are_answered_without_a_failure() {
    let (app, ada) = TestApp::on_plan().await;
    let key = || prop_oneof!["[a-z_]{1,12}", Just("expected_number".to_owned()), any::<String>()];
    let pairs = prop::collection::vec((key(), any::<String>()), 0..6);
    let paths = [
        "/plan/things/role/dba",
        "/plan/things/document",
        "/plan/additions/runbook/redis/step",
        "/plan/additions/notify",
        "/plan/changes/provider/isp",
        "/plan/things/post_mortem/section/1",
    ];
    let config = Config { rng_seed: RngSeed::Fixed(29), ..Config::default() };
    let mut runner = TestRunner::new(config);
    let strategy = (pairs, any::<Index>(), any::<Vec<u8>>());

    for _ in 0..24 {
        let (pairs, path, bytes) = strategy.new_tree(&mut runner).unwrap().current();
        let path = paths[path.index(paths.len())];
        let answer = post(&ada, path, &pairs).await;
        assert!(answer.status.as_u16() < 500, "{path} {pairs:?}: {}", answer.status);
        let parts: [(&str, Option<&str>, &[u8]); 2] =
            [("file", Some("a"), &bytes), ("plan", None, &bytes)];
        for path in ["/plan/revisions/new", "/plan/revisions"] {
            let answer = ada.upload(path, &parts).await;
            assert!(answer.status.as_u16() < 500, "{path} {bytes:?}: {}", answer.status);
        }
    }
    app.end().await;
}
