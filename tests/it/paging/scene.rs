//! An incident on the example plan, declared by Ada, who is nobody's alternate.

use muster::actions::answers::{Answer, answer};
use muster::actions::incidents;
use muster::domain::id::{DeliveryId, IncidentId, MethodId};
use muster::domain::incident::Kind;
use muster::store;
use muster::store::people::Method;
use time::{Duration, OffsetDateTime};

use crate::support::app::{START, TestApp};
use crate::support::smtp::Mail;

const HOST: &str = "@example.org";

pub(super) struct Scene {
    pub(super) app: TestApp,
    pub(super) incident: IncidentId,
    /// Minute 0: when what was declared leaves.
    begins: OffsetDateTime,
}

impl Scene {
    pub(super) async fn declared(kind: Kind, level: u8) -> Scene {
        Scene::with(kind, level, async |_| {}).await
    }

    /// The same after something was done to the installation.
    pub(super) async fn with(kind: Kind, level: u8, before: impl AsyncFnOnce(&TestApp)) -> Scene {
        let (app, _) = TestApp::on_plan().await;
        before(&app).await;
        let incident = app.declare(kind, level).await;
        let held = if level >= 3 { Duration::seconds(10) } else { Duration::ZERO };
        Scene { app, incident, begins: START + held }
    }

    /// The mails up to that minute after release, whatever was due on the way.
    pub(super) async fn mails_at(&self, minutes: i64) -> Vec<Mail> {
        self.mails_after(Duration::minutes(minutes)).await
    }

    pub(super) async fn mails_after(&self, passed: Duration) -> Vec<Mail> {
        self.app.clock.advance(self.begins + passed - self.app.clock.now());
        self.app.mails().await
    }

    /// Who is mailed by that minute, without the host that all addresses share.
    pub(super) async fn mailed_at(&self, minutes: i64) -> Vec<String> {
        recipients(&self.mails_at(minutes).await)
    }

    /// Each row is a minute after release and exactly who is mailed then. In the minutes before and
    /// between them, from the present one on, nobody is.
    pub(super) async fn assert_mailed(&self, table: &[(i64, &[&str])]) {
        let mut before = (self.app.clock.now() - self.begins).whole_minutes();
        for (minute, wanted) in table {
            for quiet in before..*minute {
                assert_eq!(self.mailed_at(quiet).await, [""; 0], "minute {quiet}");
            }
            let mut wanted = wanted.to_vec();
            wanted.sort_unstable();
            assert_eq!(self.mailed_at(*minute).await, wanted, "minute {minute}");
            before = minute + 1;
        }
    }

    /// Somebody presses a button behind the link of their newest page.
    pub(super) async fn press(&self, who: &str, what: Answer) {
        let newest = "select id from deliveries where address = $1 order by id desc limit 1";
        let pool = self.app.db.pool().unwrap();
        let query = sqlx::query_scalar(newest).bind(format!("{who}{HOST}"));
        let page = DeliveryId(query.fetch_one(pool).await.unwrap());
        answer(&self.app.db, page, what, self.app.clock.now()).await.unwrap();
    }

    pub(super) async fn raise(&self, level: u8) {
        let (by, now) = (self.app.person("ada-lovelace").await, self.app.clock.now());
        incidents::raise(&self.app.db, self.incident, level, by, now).await.unwrap();
    }

    /// Somebody gets one more mail address.
    pub(super) async fn add_mail(&self, who: &str, address: &str, rank: i16, verified: bool) {
        let now = self.app.clock.now();
        let person = self.app.person(&who.replace('.', "-")).await;
        let (id, address) = (MethodId::new(now), format!("{address}{HOST}"));
        let given = Method::given(id, person, "mail", &address, rank);
        let method = Method { verified_at: verified.then_some(now), ..given };
        let mut conn = self.app.db.pool().unwrap().acquire().await.unwrap();
        store::people::insert_method(&mut conn, &method, now).await.unwrap();
    }

    /// The newest words on the timeline.
    pub(super) async fn last_entry(&self) -> String {
        let newest = "select convert_from(body, 'utf8') from entry_bodies
                      where stream = $1 order by seq desc limit 1";
        let pool = self.app.db.pool().unwrap();
        sqlx::query_scalar(newest).bind(self.incident.0).fetch_one(pool).await.unwrap()
    }

    pub(super) async fn count(&self, what: &str) -> i64 {
        let sql = format!("select count(*) from {what}");
        let pool = self.app.db.pool().unwrap();
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.unwrap()
    }
}

/// The recipients, sorted, without the host that they all share.
pub(super) fn recipients(mails: &[Mail]) -> Vec<String> {
    let names = mails.iter().flat_map(|mail| &mail.to);
    let mut names: Vec<_> =
        names.map(|to| to.strip_suffix(HOST).expect("our plan's host").to_owned()).collect();
    names.sort();
    names
}
