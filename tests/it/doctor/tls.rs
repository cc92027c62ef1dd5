//! The certificate as doctor looks at it: each fault is caused, and found with the way to mend it.

use muster::cli::doctor::Health;
use muster::clock::Clock;
use time::Duration;

use super::scene::Scene;
use crate::support::app::TestApp;
use crate::support::certificate::{CertificateFiles, Issued, write};

const URL: &str = "https://muster.example.org";

fn scene(app: &TestApp, files: &CertificateFiles, url: &str) -> Scene {
    Scene::of(app)
        .set("MUSTER_TLS_CERTIFICATE", files.certificate().to_str().unwrap())
        .set("MUSTER_TLS_KEY", files.key().to_str().unwrap())
        .set("MUSTER_PUBLIC_URL", url)
}

#[tokio::test]
async fn an_end_that_is_near_past_or_not_yet_begun_is_found() {
    let app = TestApp::new().await;
    let now = Clock::of_host().now();
    for (from, until, health, said) in [
        (-70, 20, Health::Warn, "it ends in 19 d"),
        (-88, 2, Health::Bad, "it ends in 47 h"),
        (-90, -2, Health::Bad, "it ended 2 d"),
        (1, 90, Health::Bad, "it is good from "),
    ] {
        let (from, until) = (now + Duration::days(from), now + Duration::days(until));
        let issued = Issued::between(&["muster.example.org"], from, until);
        let files = CertificateFiles::of(&issued);

        let (found, words) = scene(&app, &files, URL).found("tls").await;

        assert_eq!(found, health, "{words}");
        assert!(words.starts_with(said), "{words}");
    }
    app.end().await;
}

#[tokio::test]
async fn a_name_that_people_do_not_ask_for_and_an_authority_that_nobody_knows_are_found() {
    let app = TestApp::new().await;
    let files = CertificateFiles::of(&Issued::new());

    let (health, words) = scene(&app, &files, "https://dr.example.org").found("tls").await;
    assert_eq!(health, Health::Bad);
    let names =
        "it is for localhost, 127.0.0.1, muster.example.org, and people ask for dr.example.org";
    assert_eq!(words, names);

    let (health, words) = scene(&app, &files, "http://muster.example.org").found("tls").await;
    assert_eq!(health, Health::Warn, "{words}");
    assert!(words.contains("links in mails begin with http://"), "{words}");

    let (health, words) = scene(&app, &files, URL).found("tls").await;
    assert_eq!(health, Health::Warn, "{words}");
    assert!(words.starts_with("this machine does not trust it"), "{words}");
    app.end().await;
}

#[tokio::test]
async fn files_that_are_no_pair_are_bad_and_name_what_mends_them() {
    let app = TestApp::new().await;
    let files = CertificateFiles::of(&Issued::new());
    write(&files.key(), &Issued::new().key);
    let scene = scene(&app, &files, URL);

    let report = scene.examine().await;

    let found = report.0.iter().find(|finding| finding.check == "tls").unwrap();
    assert_eq!(found.health, Health::Bad);
    assert!(found.words.contains("is not the one of the certificate"), "{found:?}");
    assert!(found.mend.as_ref().unwrap().contains("goes on with the pair it has"), "{found:?}");

    let (health, words) = scene.without("MUSTER_TLS_KEY").found("settings").await;
    assert_eq!(health, Health::Bad);
    assert!(words.contains("this needs MUSTER_TLS_KEY"), "{words}");
    app.end().await;
}
