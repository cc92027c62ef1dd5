//! `/incidents/{id}/messages`: what was sent to whom, and what of it failed.

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use crate::actions::reach::{self, Sent};
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::message::DeliveryState;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::pages::calls::{situation, zone_of};
use crate::web::pages::incident::{Visible, framed};
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::State as Stand;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

#[derive(Template)]
#[template(path = "incidents/messages.html")]
struct MessagesPage {
    page: Page,
    situation: Situation,
    heading: String,
    table: Table,
}

/// `GET /incidents/{id}/messages`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let (reach, mut sent) = reach::sent(&db, id).await?;
    let Frame { page, who, .. } = frame;
    let zone = zone_of(&reach, &who.zone);
    sent.sort_by_key(|sent| sent.delivery.state != DeliveryState::Failed);
    let failed = sent.iter().filter(|sent| sent.delivery.state == DeliveryState::Failed).count();
    let html = MessagesPage {
        page: framed(page, &reach.incident, &reach.plan, IncidentTab::Messages, "Messages"),
        situation: situation(&reach, &zone),
        heading: format!("{failed} of {} messages failed", sent.len()),
        table: table(&sent, &zone),
    };
    Ok(Html(html.render()?))
}

fn table(sent: &[Sent], zone: &Zone) -> Table {
    let table = Table::new("messages").column("To").column("State").column("What").column("Made");
    sent.iter().fold(table, |table, sent| {
        let Sent { message, delivery, name } = sent;
        let to = Words::from(name.clone()).line().small(delivery.address.clone());
        let stand = Words::new().badge(stand(delivery.state));
        let stand = match &delivery.problem {
            Some(problem) => stand.line().small(problem.clone()),
            None => stand,
        };
        let what = format!("{}, {}", message.kind.name(), message.reason.replace('-', " "));
        table.row([to, stand, Words::from(what), Words::from(zone.clock(message.created_at))])
    })
}

fn stand(state: DeliveryState) -> Stand {
    match state {
        DeliveryState::Sent => Stand::good("sent"),
        DeliveryState::Failed => Stand::bad("failed"),
        DeliveryState::Held => Stand::waiting("held"),
        DeliveryState::Waiting => Stand::waiting("waits"),
        DeliveryState::Sending => Stand::waiting("is being sent"),
        DeliveryState::Withdrawn => Stand::waiting("withdrawn"),
    }
}
