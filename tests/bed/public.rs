//! What the bed does about the public page, and about the Postgres beneath it.

use muster::actions::incidents;
use muster::actions::publishing::{self, Start};
use muster::domain::id::IncidentId;
use muster::domain::incident::Outage;
use serde_json::{Value, json};
use time::Duration;

use super::Bed;
use super::support::cluster::Cluster;
use super::support::smtp::Behaviour;

type Done = Result<Value, String>;

impl Bed {
    /// `postgres stop`, `postgres start`, `refuse jonas.brandt@example.org`, `down ID component.booking`,
    /// `say ID 20 All is slow.`: one update a minute.
    pub(super) async fn obey_public(&self, words: &[&str]) -> Done {
        match words {
            ["postgres", "stop"] => self.postgres(false).await,
            ["postgres", "start"] => self.postgres(true).await,
            ["refuse", address] => {
                let (code, words) = (550, "5.1.1 no such user here".into());
                self.app.sink.behave(address, Behaviour::Refuse { code, words });
                Ok(json!({}))
            }
            ["down", id, key] => self.down(id, key).await,
            ["say", id, count, words @ ..] => self.say(id, count, &words.join(" ")).await,
            _ => Err("no such command".to_owned()),
        }
    }

    /// Returns when the server has stopped, or answers again.
    async fn postgres(&self, running: bool) -> Done {
        Cluster::shared().await.run(running).await;
        while running && self.work().await.is_err() {
            tokio::task::yield_now().await; // the breaker lets one in each 2 s try
        }
        Ok(json!({}))
    }

    async fn down(&self, id: &str, key: &str) -> Done {
        let (id, by): (IncidentId, _) = (id.parse().map_err(text)?, self.ada().await);
        let (db, now) = (&self.app.db, self.app.clock.now());
        let down = (key, Outage::Down);
        incidents::declare_down(db, id, down, Some(now), by, now).await.map_err(text)?;
        self.work().await
    }

    async fn say(&self, id: &str, count: &str, words: &str) -> Done {
        let (id, by): (IncidentId, _) = (id.parse().map_err(text)?, self.ada().await);
        for number in 1..=count.parse().map_err(text)? {
            self.app.clock.advance(Duration::minutes(1));
            let (db, now) = (&self.app.db, self.app.clock.now());
            let desk = publishing::desk(db, id, by).await.map_err(text)?;
            let mut update = desk.begin(Start::Last, now);
            update.words = format!("{number}: {words}");
            publishing::update(db, id, update, by, now).await.map_err(text)?;
        }
        self.work().await
    }

    async fn ada(&self) -> muster::domain::id::PersonId {
        self.app.person("ada-lovelace").await
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
