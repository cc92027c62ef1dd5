//! `/incidents/{id}/edit`: title, public title and times, changed in place.

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;
use time::OffsetDateTime;

use super::entries::status;
use super::incident::{Scene, Visible, back};
use crate::actions::incidents::{Edit, Edited, Facts, edit};
use crate::actions::{ActionError, ActionResult, Wrong};
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::id::IncidentId;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::parts::field::{Choice, Field};
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::state::AppState;

/// What the form sends: each field as typed, and as it was when the form was drawn.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Typed {
    title: String,
    public_title: Option<String>,
    impact_start: String,
    impact_confirmed: String,
    detected_at: String,
    was_title: String,
    was_public_title: String,
    was_impact_start: String,
    was_impact_confirmed: String,
    was_detected_at: String,
}

#[derive(Template)]
#[template(path = "incidents/edit.html")]
struct EditPage {
    page: Page,
    base: String,
    situation: Situation,
    fields: Vec<Field>,
    was: [(&'static str, String); 5],
}

/// `GET /incidents/{id}/edit`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Response, PageError> {
    let scene = Scene::read(&db, id, frame).await?;
    let typed = Typed::of(&Facts::of(&scene.seen.incident), &scene.frame.zone);
    page(&scene, &typed, &[])
}

/// `POST /incidents/{id}/edit`
pub(in crate::web) async fn save(
    State(state): State<AppState>,
    Visible(id): Visible,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let zone = frame.zone.clone();
    match change(&state.db, id, &frame, &typed).await {
        Ok(Edited::Done) => Ok(back(id)),
        Ok(Edited::Differs(fields, theirs)) => {
            let theirs = Typed::of(&theirs, &zone);
            let wrong: Vec<Wrong> = fields.into_iter().map(|f| theirs.differs(f)).collect();
            let typed = typed.beside(theirs, &zone);
            page(&Scene::read(&state.db, id, frame).await?, &typed, &wrong)
        }
        Err(ActionError::Invalid(wrong)) => {
            page(&Scene::read(&state.db, id, frame).await?, &typed, &wrong)
        }
        Err(error) => Err(error.into()),
    }
}

async fn change(db: &Db, id: IncidentId, frame: &Frame, typed: &Typed) -> ActionResult<Edited> {
    let (zone, now) = (&frame.zone, frame.now);
    let mut wrong = Vec::new();
    let was_start = instant(&typed.was_impact_start).unwrap_or(now);
    let was_detected = instant(&typed.was_detected_at);
    let started = read("impact_start", &typed.impact_start, Some(was_start), zone, now, &mut wrong);
    let detected = read("detected_at", &typed.detected_at, was_detected, zone, now, &mut wrong);
    if !wrong.is_empty() {
        return Err(ActionError::Invalid(wrong));
    }
    let unknown = || ActionError::wrong("impact_start", "type when it began");
    let was = Facts {
        title: typed.was_title.clone(),
        public_title: typed.was_public_title.clone(),
        impact_start: was_start,
        impact_confirmed: typed.was_impact_confirmed == "yes",
        detected_at: was_detected,
    };
    let is = Facts {
        title: typed.title.clone(),
        // left out of the form for who may not publish: left alone
        public_title: typed.public_title.as_ref().unwrap_or(&typed.was_public_title).clone(),
        impact_start: started.ok_or_else(unknown)?,
        impact_confirmed: typed.impact_confirmed == "yes",
        detected_at: detected,
    };
    edit(db, id, Edit { was, is }, frame.who.person, now).await
}

/// A typed time; what was left alone keeps its seconds.
fn read(
    field: &'static str,
    typed: &str,
    was: Option<OffsetDateTime>,
    zone: &Zone,
    now: OffsetDateTime,
    wrong: &mut Vec<Wrong>,
) -> Option<OffsetDateTime> {
    match typed.trim() {
        "" => None,
        typed if was.is_some_and(|was| zone.typed(was) == typed) => was,
        typed => match zone.read_past(typed, now) {
            Ok(at) => Some(at),
            Err(error) => {
                wrong.push(Wrong { field, words: error.to_string() });
                None
            }
        },
    }
}

fn page(scene: &Scene, typed: &Typed, wrong: &[Wrong]) -> Result<Response, PageError> {
    let page = scene.framed(IncidentTab::Now, "Title and times");
    let html = EditPage {
        page: if wrong.is_empty() { page } else { page.refused() },
        base: scene.base.clone(),
        situation: scene.situation("Title and times"),
        fields: fields(scene, typed, wrong),
        was: [
            ("was_title", typed.was_title.clone()),
            ("was_public_title", typed.was_public_title.clone()),
            ("was_impact_start", typed.was_impact_start.clone()),
            ("was_impact_confirmed", typed.was_impact_confirmed.clone()),
            ("was_detected_at", typed.was_detected_at.clone()),
        ],
    };
    Ok((status(wrong), Html(html.render()?)).into_response())
}

fn fields(scene: &Scene, typed: &Typed, wrong: &[Wrong]) -> Vec<Field> {
    let words = |field: &str| Wrong::beside(field, wrong);
    let zone = scene.frame.zone.name();
    let drill = scene.seen.incident.is_drill();
    let readers = match drill {
        true => "Public in a real incident; a drill publishes nothing",
        false => "Public: the status page shows it",
    };
    let confirmed = typed.impact_confirmed == "yes";
    let public = typed.public_title.as_deref().unwrap_or_default();
    let mut fields = vec![
        Field::text("title", "Title", &typed.title)
            .hint("Responders alone read it.")
            .error(words("title"))
            .required(),
        Field::text("public_title", "Public title", public)
            .public(readers)
            .hint("Empty: the words that the plan has for the level.")
            .error(words("public_title")),
        Field::text("impact_start", "Impact began", &typed.impact_start)
            .hint(format!("03:12 or 2026-11-14 03:12, {zone}. Clocks count from here."))
            .error(words("impact_start"))
            .required(),
        Field::checkboxes(
            "impact_confirmed",
            "Is that certain?",
            vec![Choice::new("yes", "Confirmed: somebody has looked", confirmed)],
        )
        .error(words("impact_confirmed")),
        Field::text("detected_at", "Detected", &typed.detected_at)
            .hint(format!("When somebody or something noticed. Empty: not known. {zone}."))
            .error(words("detected_at")),
    ];
    if !scene.may_publish() {
        fields.remove(1);
    }
    fields
}

impl Typed {
    fn of(facts: &Facts, zone: &Zone) -> Typed {
        let yes = if facts.impact_confirmed { "yes" } else { "" };
        let exact = |at: OffsetDateTime| at.unix_timestamp_nanos().to_string();
        let detected = facts.detected_at;
        Typed {
            title: facts.title.clone(),
            public_title: Some(facts.public_title.clone()),
            impact_start: zone.typed(facts.impact_start),
            impact_confirmed: yes.to_owned(),
            detected_at: detected.map(|at| zone.typed(at)).unwrap_or_default(),
            was_title: facts.title.clone(),
            was_public_title: facts.public_title.clone(),
            was_impact_start: exact(facts.impact_start),
            was_impact_confirmed: yes.to_owned(),
            was_detected_at: detected.map(exact).unwrap_or_default(),
        }
    }

    /// The words beside a field that two people changed; `self` is how it stands.
    fn differs(&self, field: &'static str) -> Wrong {
        let theirs = match field {
            "title" => self.title.as_str(),
            "public_title" => self.public_title.as_deref().unwrap_or_default(),
            "impact_start" => &self.impact_start,
            "detected_at" => &self.detected_at,
            _ if self.impact_confirmed.is_empty() => "unconfirmed",
            _ => "confirmed",
        };
        let theirs = if theirs.is_empty() { "empty" } else { theirs };
        let words = format!(
            "Somebody else changed this meanwhile; it now reads “{theirs}”. Save again to put \
             yours in its place."
        );
        Wrong { field, words }
    }

    /// What was typed, and what stands where nothing was; the next press knows how all stands.
    fn beside(self, theirs: Typed, zone: &Zone) -> Typed {
        let mine = |is: String, was: &str, theirs: &str| {
            if is.trim() == was.trim() { theirs.to_owned() } else { is }
        };
        let drawn = |was: &str| instant(was).map(|at| zone.typed(at)).unwrap_or_default();
        let (began, seen) = (drawn(&self.was_impact_start), drawn(&self.was_detected_at));
        let public = theirs.public_title.as_deref().unwrap_or_default();
        Typed {
            title: mine(self.title, &self.was_title, &theirs.title),
            public_title: self.public_title.map(|is| mine(is, &self.was_public_title, public)),
            impact_start: mine(self.impact_start, &began, &theirs.impact_start),
            impact_confirmed: mine(
                self.impact_confirmed,
                &self.was_impact_confirmed,
                &theirs.impact_confirmed,
            ),
            detected_at: mine(self.detected_at, &seen, &theirs.detected_at),
            ..theirs
        }
    }
}

/// An exact instant from a hidden field.
pub(super) fn instant(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(text.parse().ok()?).ok()
}
