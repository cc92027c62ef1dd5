//! What the bed does about incidents.

use muster::actions::answers::{self, Answer};
use muster::actions::entries::{self, Written};
use muster::domain::id::{EntryId, IncidentId};
use muster::domain::rights::Rights;
use serde_json::{Value, json};

use super::Bed;
use super::support::app::PASSWORD;

type Done = Result<Value, String>;

impl Bed {
    /// `declare real 3`, `account priya-raghunathan view,respond`, `answer ID priya-raghunathan have`,
    /// `notes ID 2000`, `check ID`, `sql update …`.
    pub(super) async fn obey_incident(&self, words: &[&str]) -> Done {
        match words {
            ["declare", kind, level] => self.declare(kind, level).await,
            ["account", key, rights] => self.account(key, rights).await,
            ["answer", id, key, answer] => self.answer(id, key, answer).await,
            ["notes", id, count] => self.notes(id, count).await,
            ["check", id] => self.check(id).await,
            ["sql", statement @ ..] => {
                Ok(json!({ "rows": self.app.tamper(&statement.join(" ")).await }))
            }
            _ => Err("no such command".to_owned()),
        }
    }

    async fn declare(&self, kind: &str, level: &str) -> Done {
        let kind = kind.parse().map_err(words)?;
        let id = self.app.declare(kind, level.parse().map_err(words)?).await;
        Ok(json!({ "id": id.to_string() }))
    }

    /// Gives somebody of the roster an account.
    async fn account(&self, key: &str, rights: &str) -> Done {
        let rights = Rights::from_names(rights.split(',')).map_err(words)?;
        let email = format!("{key}@muster.test");
        self.app.account_of(key, &email, rights).await;
        Ok(json!({ "email": email, "password": PASSWORD }))
    }

    async fn answer(&self, id: &str, key: &str, answer: &str) -> Done {
        let answer = Answer::named(answer).ok_or("no such answer")?;
        let (id, by): (IncidentId, _) = (id.parse().map_err(words)?, self.app.person(key).await);
        let (db, now) = (&self.app.db, self.app.clock.now());
        answers::answer_signed_in(db, id, answer, by, now).await.map_err(words)?;
        Ok(json!({}))
    }

    /// Goes through the checklist before closing.
    async fn check(&self, id: &str) -> Done {
        self.app.check_all(id.parse().map_err(words)?).await;
        Ok(json!({}))
    }

    /// Writes so many notes.
    async fn notes(&self, id: &str, count: &str) -> Done {
        let (id, by) = (id.parse().map_err(words)?, self.app.person("ada-lovelace").await);
        for number in 1..=count.parse().map_err(words)? {
            let (now, text) = (self.app.clock.now(), format!("Note {number}: nothing new."));
            let written = Written { id: EntryId::new(now), text, occurred_at: None };
            entries::note(&self.app.db, id, written, by, now).await.map_err(words)?;
        }
        Ok(json!({}))
    }
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
