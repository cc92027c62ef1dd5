//! `/incidents/{id}/record`: whether the timeline is whole, and all of it to verify elsewhere.

use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse};

use super::incident::{Visible, framed, phase, situation};
use super::timeline::stands;
use crate::actions::record;
use crate::db::Db;
use crate::secrets::KeyRing;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::State as Stands;

#[derive(Template)]
#[template(path = "incidents/record.html")]
struct RecordPage {
    page: Page,
    base: String,
    situation: Situation,
    stands: Stands,
    seq: i64,
    head: String,
}

/// `GET /incidents/{id}/record`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let about = record::about(&db, id).await?;
    let incident = &about.incident;
    let phase = phase(incident, &frame.zone.when(incident.phase_since, frame.now));
    let page = RecordPage {
        page: framed(frame.page, incident, &about.plan, IncidentTab::Timeline, "Record"),
        base: links::incident(id),
        situation: situation(&about.incident, &about.plan, &phase, "Record"),
        stands: stands(&about, &frame.zone.clock(frame.now)),
        seq: about.head.seq,
        head: about.head.hash.to_string(),
    };
    Ok(Html(page.render()?))
}

/// `GET /incidents/{id}/record.jsonl`
pub(in crate::web) async fn export(
    State(db): State<Db>,
    State(ring): State<KeyRing>,
    Visible(id): Visible,
) -> Result<impl IntoResponse, PageError> {
    let text = record::export(&db, &ring, id).await?;
    let name = format!("attachment; filename=\"timeline-{id}.jsonl\"");
    let head = [
        (CONTENT_TYPE, "application/jsonl; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((head, text))
}
