//! An agent that falls silent is red after a minute and told of after three, once.

use time::Duration;

use super::host::Host;
use crate::support::app::TestApp;
use crate::support::browser::Browser;

const HALF: Duration = Duration::seconds(30);

/// Half a minute at a time, with a worker at work and these hosts heard; gives the mails that came.
async fn minutes(app: &TestApp, count: f32, heard: &[&Host]) -> Vec<String> {
    let mut came = Vec::new();
    for _ in 0..(count * 2.0) as usize {
        app.clock.advance(HALF);
        for host in heard {
            assert!(host.say(app, "/agent/report", &host.report()).await.status.is_success());
        }
        came.extend(app.mails().await.iter().map(|mail| mail.subject.clone()));
    }
    came
}

async fn is_red(owner: &Browser) -> bool {
    owner.get("/recovery").await.body.contains("silent since")
}

#[tokio::test]
async fn it_is_red_after_a_minute_and_the_dba_is_told_after_three_once() {
    let (app, ada) = TestApp::on_plan().await;
    let (host, other) = (Host::join(&ada, "db1").await, Host::join(&ada, "db2").await);
    assert_eq!(minutes(&app, 1.0, &[&host, &other]).await, Vec::<String>::new());

    assert_eq!(minutes(&app, 0.5, &[&other]).await, Vec::<String>::new());
    assert!(!is_red(&ada).await, "half a minute is none");
    assert_eq!(minutes(&app, 0.5, &[&other]).await, Vec::<String>::new());
    assert!(is_red(&ada).await);
    let front = ada.get("/").await.body;
    assert!(front.contains("db1") && front.contains("is not heard"), "{front}");

    let came = minutes(&app, 2.0, &[&other]).await;
    assert!(!came.is_empty() && came.iter().all(|one| one == "Site db1 is silent"), "{came:?}");
    assert_eq!(minutes(&app, 60.0, &[&other]).await, Vec::<String>::new(), "told once");

    host.say(&app, "/agent/report", &host.report()).await;
    assert!(!is_red(&ada).await);
    let again = minutes(&app, 3.0, &[&other]).await;
    assert_eq!(again.len(), came.len(), "a second silence is told again: {again:?}");
    app.end().await;
}

#[tokio::test]
async fn an_alarm_that_did_not_leave_before_the_agent_spoke_does_not_leave() {
    let (app, ada) = TestApp::on_plan().await;
    let (host, other) = (Host::join(&ada, "db1").await, Host::join(&ada, "db2").await);
    minutes(&app, 1.0, &[&host, &other]).await;
    assert_eq!(minutes(&app, 2.5, &[&other]).await, Vec::<String>::new());
    app.clock.advance(HALF);
    other.say(&app, "/agent/report", &other.report()).await;
    let alarms = muster::actions::sites::silence::tell(&app.db, app.clock.now()).await.unwrap();
    assert_eq!(alarms, 1);

    host.say(&app, "/agent/report", &host.report()).await;

    assert_eq!(app.mails().await.len(), 0);
    app.end().await;
}

#[tokio::test]
async fn when_all_fall_silent_together_one_message_a_person_tells_of_all() {
    let (app, ada) = TestApp::on_plan().await;
    let mut hosts = Vec::new();
    for name in ["db1", "db2", "db3"] {
        hosts.push(Host::join(&ada, name).await);
    }
    minutes(&app, 1.0, &hosts.iter().collect::<Vec<_>>()).await;

    let came = minutes(&app, 5.0, &[]).await;

    let all = "All sites are silent: look at Muster’s own network first";
    assert!(!came.is_empty() && came.iter().all(|one| one == all), "{came:?}");
    assert!(came.len() <= 2, "one a person who holds the role: {came:?}");
    app.end().await;
}

#[tokio::test]
async fn a_muster_that_was_away_itself_or_whose_clock_was_set_blames_nobody_before_it_has_listened()
{
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    minutes(&app, 1.0, &[&host]).await;

    app.clock.advance(Duration::minutes(20));
    app.work().await;
    assert!(!is_red(&ada).await, "nobody listened for 20 minutes");
    assert_eq!(minutes(&app, 2.5, &[]).await, Vec::<String>::new());
    assert_eq!(minutes(&app, 0.5, &[]).await.len().min(1), 1, "three minutes are");

    host.say(&app, "/agent/report", &host.report()).await;
    for step in [Duration::HOUR, -Duration::HOUR, -Duration::DAY] {
        app.clock.set(step);
        app.work().await;
        assert!(!is_red(&ada).await, "{step}");
        assert_eq!(minutes(&app, 2.5, &[]).await, Vec::<String>::new(), "{step}");
        assert_eq!(minutes(&app, 0.5, &[]).await.len().min(1), 1, "{step}");
        host.say(&app, "/agent/report", &host.report()).await;
    }
    app.end().await;
}
