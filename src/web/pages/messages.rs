//! `/incidents/{id}/messages`: what was sent to whom, and what of it failed.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use time::OffsetDateTime;

use crate::actions::messages::{self, Delivered, Messages, Sent};
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::message::{DeliveryState, Kind};
use crate::store::attempts::Attempt;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::pages::incident::{self, Visible};
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::State as Stand;
use crate::web::parts::table::Table;
use crate::web::parts::unsent::Unsent;
use crate::web::parts::words::Words;

#[derive(Template)]
#[template(path = "incidents/messages.html")]
struct MessagesPage {
    page: Page,
    situation: Situation,
    unsent: Unsent,
    empty: Option<Empty>,
    groups: Vec<Group>,
}

/// One message with what became of it.
struct Group {
    id: String,
    heading: String,
    made: String,
    table: Table,
}

/// `GET /incidents/{id}/messages`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let seen = messages::read(&db, id).await?;
    let Frame { page, zone, now, .. } = frame;
    let empty = seen.sent.is_empty().then(|| {
        Empty::new("none", "Nothing was sent", "Pages and notices of this incident stand here.")
    });
    let heading = heading(&seen);
    let (incident, plan) = (&seen.incident, &seen.plan);
    let html = MessagesPage {
        page: incident::framed(page, incident, plan, IncidentTab::Messages, "Messages"),
        situation: incident::headed(incident, plan, (&zone, now), &heading),
        unsent: Unsent::new(id, &seen.unsent, usize::MAX),
        empty,
        groups: seen.sent.iter().enumerate().map(|(n, one)| group(n, one, &zone, now)).collect(),
    };
    Ok(Html(html.render()?))
}

fn heading(seen: &Messages) -> String {
    let count = |state| seen.sent.iter().map(|sent| sent.count(state)).sum::<usize>();
    match (count(DeliveryState::Sent), count(DeliveryState::Failed)) {
        (sent, 0) => format!("Messages: {sent} sent"),
        (sent, failed) => format!("Messages: {failed} failed, {sent} sent"),
    }
}

fn group(place: usize, sent: &Sent, zone: &Zone, now: OffsetDateTime) -> Group {
    let id = format!("message-{}", place + 1);
    let table = Table::new(id.clone()).column("To").column("State").column("Attempts");
    let counts: Vec<String> = DeliveryState::ALL
        .into_iter()
        .rev()
        .map(|state| (sent.count(state), state))
        .filter(|(count, _)| *count > 0)
        .map(|(count, state)| format!("{count} {}", state.name()))
        .collect();
    let rows = sent.deliveries.iter().map(|one| row(one, zone, now));
    Group {
        heading: format!("{}: {}", what(sent), counts.join(", ")),
        made: zone.when(sent.message.created_at, now),
        table: rows.fold(table, Table::row),
        id,
    }
}

/// Why it was made, in words.
fn what(sent: &Sent) -> String {
    let known = match sent.message.reason.as_str() {
        "first" => "First page",
        "escalation" => "Page to the next, or again",
        "asked-again" => "Still on it?",
        "outlasted" => "Raise it?",
        "stand-down" => "Stand down",
        "task-overdue" => "A task is overdue",
        "post-mortem" => "The post-mortem is due",
        "digest" => "Digest of what had waited",
        _ => "",
    };
    if known.is_empty() {
        let kind = match sent.message.kind {
            Kind::Page => "Page",
            Kind::Notice => "Notice",
            Kind::Alarm => "Alarm",
            Kind::Test => "Test",
        };
        return format!("{kind}, {}", sent.message.reason.replace('-', " "));
    }
    known.to_owned()
}

fn row(one: &Delivered, zone: &Zone, now: OffsetDateTime) -> [Words; 3] {
    let to = Words::from(one.name.clone()).line().small(one.delivery.address.clone());
    let stand = Words::new().badge(stand(one, zone, now));
    let tries = one.attempts.iter().enumerate().fold(Words::new(), |words, (n, attempt)| {
        let words = if n == 0 { words } else { words.line() };
        words.plain(tried(attempt, zone)).plain(" ").small(attempt.words.clone())
    });
    let none = one.delivery.problem.clone().unwrap_or_else(|| "none yet".to_owned());
    [to, stand, if tries.is_empty() { Words::new().small(none) } else { tries }]
}

fn tried(attempt: &Attempt, zone: &Zone) -> String {
    let outcome = match (attempt.outcome.as_deref(), attempt.ended_at) {
        (Some("sent"), _) => "taken.",
        (Some("temporary"), _) => "not now.",
        (Some("permanent"), _) => "refused.",
        (Some(_), _) => "unknown.",
        (None, _) => "begun; how it ended was never noted.",
    };
    format!("{}: {outcome}", zone.clock_with_seconds(attempt.begun_at))
}

fn stand(one: &Delivered, zone: &Zone, now: OffsetDateTime) -> Stand {
    match one.delivery.state {
        DeliveryState::Sent => Stand::good("sent"),
        DeliveryState::Failed => Stand::bad("failed"),
        DeliveryState::Held if one.delivery.send_at > now => {
            let until = zone.clock_with_seconds(one.delivery.send_at);
            Stand::waiting(format!("held until {until}"))
        }
        DeliveryState::Held | DeliveryState::Waiting => Stand::waiting("waits"),
        DeliveryState::Sending => Stand::waiting("is being sent"),
        DeliveryState::Withdrawn => match one.delivery.digest.and(one.delivery.settled_at) {
            Some(at) => Stand::waiting(format!("in the digest of {}", zone.when(at, now))),
            None => Stand::waiting("withdrawn"),
        },
    }
}
