//! `/answer/{token}`: a paged person answers by the link in their mail; looking answers nothing.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{Html, Redirect};
use serde::Deserialize;

use crate::actions::answers::{self, Answer};
use crate::actions::letters::zone_of;
use crate::actions::reach::{self, Asked, Reach};
use crate::actions::{ActionError, ActionResult};
use crate::domain::civil::Zone;
use crate::domain::id::DeliveryId;
use crate::web::error::PageError;
use crate::web::guard::Csrf;
use crate::web::links;
use crate::web::pages::incident;
use crate::web::parts::bare::Bare;
use crate::web::parts::csrf;
use crate::web::parts::person::Person;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::{Icon, State as Stand};
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// The button that was pressed.
#[derive(Deserialize)]
pub(in crate::web) struct Typed {
    #[serde(default)]
    answer: String,
}

#[derive(Template)]
#[template(path = "answer.html")]
struct AnswerPage {
    page: Bare,
    situation: Situation,
    words: Words,
    open: bool,
    action: String,
    buttons: Vec<(&'static str, &'static str, bool)>,
    people: Vec<Person>,
    meeting: String,
    hotline: String,
    organisation: String,
}

/// `GET /answer/{token}`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Path(token): Path<String>,
    Csrf(csrf): Csrf,
) -> Result<Html<String>, PageError> {
    let (reach, person) = reach::of_delivery(&state.db, read(&state, &token)?).await?;
    let mine = reach.asked.iter().find(|asked| asked.responder.person == person);
    let mine = mine.ok_or(PageError::NotFound)?;
    let document = &reach.plan.document;
    let zone = zone_of(&mine.zone, Some(document));
    let incident = &reach.incident;
    let title = format!("Level {}: can you take it?", incident.level);
    let page = Bare::new(title, state.clock.now())
        .csrf(csrf::Csrf::new(csrf))
        .under(incident.level, incident.is_drill())
        .without_brand();
    let html = AnswerPage {
        page,
        situation: situation(&reach, &zone),
        words: words(&reach, mine, &zone),
        open: incident.is_open(),
        action: links::answer(&token),
        buttons: buttons(mine.responder.answer.as_deref()),
        people: people(&reach, &zone),
        meeting: document.meeting.clone(),
        hotline: document.hotline.clone(),
        organisation: document.organisation.clone(),
    };
    Ok(Html(html.render()?))
}

/// `POST /answer/{token}`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Path(token): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, PageError> {
    let delivery = read(&state, &token)?;
    press(&state, delivery, &typed.answer).await?;
    Ok(Redirect::to(&links::answer(&token)))
}

async fn press(state: &AppState, delivery: DeliveryId, name: &str) -> ActionResult<()> {
    let unknown = || ActionError::wrong("answer", "press one of the three buttons");
    let answer = Answer::named(name).ok_or_else(unknown)?;
    answers::answer(&state.db, delivery, answer, state.clock.now()).await
}

fn read(state: &AppState, token: &str) -> Result<DeliveryId, PageError> {
    state.links.read(token).ok_or(PageError::NotFound)
}

/// What was not said yet; the first is the largest while nothing was.
fn buttons(said: Option<&str>) -> Vec<(&'static str, &'static str, bool)> {
    let all = [
        (Answer::Have, "I have it"),
        (Answer::Cannot, "I can’t, page the next"),
        (Answer::Call, "Call me"),
    ];
    let left = all.into_iter().filter(|(answer, _)| said != Some(answer.name()));
    left.map(|(answer, words)| (answer.name(), words, answer == Answer::Have)).collect()
}

fn situation(reach: &Reach, zone: &Zone) -> Situation {
    let incident = &reach.incident;
    let since = zone.clock(incident.phase_since);
    Situation {
        level: incident::level(incident, &reach.plan),
        phase: Words::from(incident::phase(incident, &since)),
        heading: incident::title(incident),
        clocks: Vec::new(),
        wide: false,
    }
}

fn words(reach: &Reach, mine: &Asked, zone: &Zone) -> Words {
    let words = Words::new();
    if let Some(ended) = reach.incident.ended_at {
        let when = zone.clock(ended);
        let over = format!("{}, it is over since {when}. Nobody waits for you.", mine.name);
        return words.plain(over);
    }
    let at = mine.responder.answered_at.map(|at| zone.clock(at)).unwrap_or_default();
    let said = match mine.responder.answer.as_deref() {
        Some("have") => format!(" You said at {at}: I have it."),
        Some("cannot") => format!(" You said at {at}: I can’t. The next is paged."),
        Some(_) => format!(" You asked at {at} to be called. Keep your telephone near."),
        None => String::new(),
    };
    words
        .plain(format!("{}, you are paged as ", mine.name))
        .bold(reach.roles(&mine.responder))
        .plain(format!(". Since {}.", zone.clock(reach.incident.impact_start)))
        .bold(said)
}

fn people(reach: &Reach, zone: &Zone) -> Vec<Person> {
    let have = reach.asked.iter().filter(|asked| asked.responder.answer.as_deref() == Some("have"));
    have.map(|asked| {
        let at = asked.responder.answered_at.map(|at| zone.bare_clock(at)).unwrap_or_default();
        let person = Person::new(asked.name.clone(), reach.roles(&asked.responder));
        let person = person.state(Stand::good(format!("has it, {at}")));
        match asked.phones.first() {
            Some(phone) => person.phone(phone),
            None => person,
        }
    })
    .collect()
}
