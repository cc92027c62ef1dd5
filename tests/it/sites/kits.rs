//! Kits: red until there is one that has what is in use, somebody said where its sheet lies, and it was proved
//! within the quarter.

use hyper::StatusCode;
use muster::actions::kits;
use muster::domain::kit::{Kind, Label};
use muster::domain::rights::{Right, Rights};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::host::Host;
use crate::support::app::TestApp;
use crate::support::browser::Browser;

fn at(moment: OffsetDateTime) -> String {
    moment.format(&Rfc3339).unwrap()
}

/// A host that reports how its kit stands.
async fn report(app: &TestApp, host: &Host, kit: Value) {
    let mut body: Value = serde_json::from_str(&host.report()).unwrap();
    body["sent_at"] = at(app.clock.now()).into();
    body["facts"]["kit"] = kit;
    let said = host.say(app, "/agent/report", &body.to_string()).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.body);
}

fn kit(
    number: &str,
    made: OffsetDateTime,
    proved: Option<OffsetDateTime>,
    lacks: &[&str],
) -> Value {
    json!({"wanted": true, "lacks": lacks, "command": "sudo -u postgres muster agent kit",
           "made": {"number": number, "at": at(made), "proved": proved.map(at),
                    "copies": ["/backup/muster/site-kit.kit"]}})
}

/// The one finding about kits on the front page, if there is one.
async fn front(who: &Browser, words: &str) -> bool {
    who.get("/").await.body.contains(words)
}

#[tokio::test]
async fn a_sites_kit_is_red_until_somebody_says_where_its_sheet_lies_and_proves_it_each_quarter() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    let page = async || host.page(&ada).await;
    assert!(!page().await.contains("id=\"kit\""), "nothing is known of it yet");
    host.say(&app, "/agent/report", &host.report()).await;
    assert!(page().await.contains("Its agent does not say"), "one that is too old");
    report(&app, &host, json!({"wanted": false})).await;
    assert!(page().await.contains("nothing to keep yet"));
    report(&app, &host, json!({"wanted": true, "command": "sudo -u postgres muster agent kit"}))
        .await;
    let none = page().await;
    assert!(none.contains("there is none") && none.contains("sudo -u postgres muster agent kit<"));
    assert!(
        !none.contains("name=\"place\"")
            && front(&ada, "<b>db1 and Muster’s own key ring</b>").await
    );

    let made = app.clock.now();
    report(&app, &host, kit("3F2A-91C4", made, None, &[])).await;
    assert!(page().await.contains("nobody said where its sheet lies"));
    let say = async |number: &str, place: &str| {
        let id = "01930000-0000-7000-8000-00000000abcd";
        let form = [("id", id), ("number", number), ("place", place)];
        ada.post(&host.path("/kit"), &form).await
    };
    for (place, words) in [(" ", "Say where it lies"), (&*"x".repeat(201), "at most 200 letters")] {
        let refused = say("3F2A-91C4", place).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(words) && refused.body.contains(place.trim()), "{words}");
    }
    let other = say("0000-0000", "Here").await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(other.body.contains("nother kit was made meanwhile"), "{}", other.body);
    for _ in 0..2 {
        let said = say("3F2A-91C4", " Safe <2>, top shelf ").await;
        assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
    }
    let good = page().await;
    assert!(good.contains("Safe &#60;2&#62;, top shelf") && good.contains("said Ada"), "{good}");
    assert!(
        good.contains("to be proved by")
            && !front(&ada, "<b>db1 and Muster’s own key ring</b>").await
    );

    it_is_due_each_quarter(&app, &host, made).await;
    app.end().await;
}

async fn it_is_due_each_quarter(app: &TestApp, host: &Host, made: OffsetDateTime) {
    app.clock.advance(Duration::days(92));
    let ada = app.signed_in("ada@example.org").await; // no session lasts so long
    let page = async || host.page(&ada).await;
    report(app, host, kit("3F2A-91C4", made, None, &[])).await;
    let due = page().await;
    assert!(
        due.contains("its proof is due since") && due.contains("muster agent kit prove"),
        "{due}"
    );
    app.clock.advance(Duration::days(14));
    report(app, host, kit("3F2A-91C4", made, None, &[])).await;
    assert!(
        page().await.contains("its proof was due")
            && front(&ada, "<b>db1 and Muster’s own key ring</b>").await
    );
    report(app, host, kit("3F2A-91C4", made, Some(app.clock.now()), &[])).await;
    assert!(page().await.contains("to be proved by"));

    report(app, host, kit("3F2A-91C4", made, Some(app.clock.now()), &["the repository disk"]))
        .await;
    assert!(page().await.contains("it lacks the repository disk"));
    report(app, host, kit("7777-0000", app.clock.now(), None, &[])).await;
    let anew = page().await;
    assert!(anew.contains("nobody said where its sheet lies"), "a new kit asks anew: {anew}");
}

#[tokio::test]
async fn who_may_look_sees_where_a_sheet_lies_and_is_not_asked() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    report(&app, &host, kit("3F2A-91C4", app.clock.now(), None, &[])).await;
    ada.post(&host.path("/kit"), &[("number", "3F2A-91C4"), ("place", "In the safe")]).await;
    app.account("Viv", "viv@example.org", Rights::from_iter([Right::View])).await;
    let viv = app.signed_in("viv@example.org").await;

    let page = host.page(&viv).await;

    assert!(page.contains("In the safe") && !page.contains("name=\"place\""), "{page}");
    app.end().await;
}

#[tokio::test]
async fn the_server_kit_is_red_until_it_has_the_ring_in_use_and_its_sheet_a_place() {
    let (app, ada) = TestApp::on_plan().await;
    let page = async || ada.get("/recovery").await.body;
    let none = page().await;
    assert!(none.contains("there is none") && none.contains("<code>muster kit</code>"), "{none}");
    assert!(front(&ada, "<b>Muster’s own key ring</b> can’t").await);

    let label = |number: &str| Label {
        number: number.to_owned(),
        kind: Kind::Server,
        of: "https://muster.example.org".to_owned(),
        host: "muster1".to_owned(),
        made: app.clock.now(),
    };
    let copies = ["/media/stick/server.kit".to_owned()];
    let made = (&label("3F2A-91C4"), &copies[..]);
    kits::note_made(&app.state.db, &app.state.ring, made, app.clock.now()).await.unwrap();
    assert!(page().await.contains("nobody said where its sheet lies"));
    let empty = ada.post("/recovery/kit", &[("number", "3F2A-91C4"), ("place", "")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("Say where it lies"), "{}", empty.body);
    let said = ada.post("/recovery/kit", &[("number", "3F2A-91C4"), ("place", "The bank")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
    let good = page().await;
    assert!(good.contains("The bank") && good.contains("to be proved by"), "{good}");
    assert!(!front(&ada, "<b>Muster’s own key ring</b> can’t").await);

    app.clock.advance(Duration::days(93));
    let ada = app.signed_in("ada@example.org").await; // no session lasts so long
    let page = async || ada.get("/recovery").await.body;
    let due = page().await;
    assert!(due.contains("<code>muster kit prove</code>"), "{due}");
    let due = ada.get("/").await.body;
    assert!(due.contains("A kit is to be proved"), "{due}");
    kits::note_proved(&app.state.db, "3F2A-91C4", app.clock.now()).await.unwrap();
    assert!(kits::note_proved(&app.state.db, "0000-0000", app.clock.now()).await.is_err());
    assert!(page().await.contains("to be proved by"));
    app.tamper("update server_kits set ring_fingerprint = 'another'").await;
    assert!(page().await.contains("it lacks the key ring that is in use"));
    app.end().await;
}
