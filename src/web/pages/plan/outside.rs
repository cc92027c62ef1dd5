//! Whom and what to turn to outside: hotline, meeting, firms, papers.

use super::reading::Reading;
use super::sections::{Piece, Section};
use crate::domain::plan::is_phone_number;
use crate::web::parts::facts::Facts;
use crate::web::parts::person::tel;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

pub(super) fn emergency(reading: &Reading<'_>) -> Section {
    let document = &reading.plan.document;
    let page = |address: &str| match address {
        "" => Words::new(),
        address => Words::new().link(address, address),
    };
    let facts = Facts::new()
        .fact("Hotline", number(&document.hotline))
        .fact("Meeting", page(&document.meeting))
        .fact("Status page", page(&document.status_page));
    Section::new("emergency", "In an emergency").piece(Piece::Facts(facts))
}

/// A number to call; anything else as it is written.
fn number(text: &str) -> Words {
    if is_phone_number(text) { Words::new().link(tel(text), text) } else { text.into() }
}

pub(super) fn providers(reading: &Reading<'_>) -> Section {
    let table = Table::new("providers").column("Provides").column("Firm").column("Support");
    let table = table.column("Our account").column("Promised");
    let table = reading.plan.provider.iter().fold(table, |table, one| {
        table.row([
            reading.named(&format!("provider/{}", one.key), &*one.service),
            one.name.clone().into(),
            Words::lines(one.support.iter().map(|text| number(text))),
            Words::lines(one.account.clone()),
            one.sla.clone().into(),
        ])
    });
    Section::new("providers", "Providers")
        .table(table, "No provider is named yet.")
        .acts(reading.adds("provider", "Add a provider"))
}

pub(super) fn appendices(reading: &Reading<'_>) -> Section {
    let table = Table::new("appendices").column("Paper").column("How it is handed out");
    let table = reading.plan.appendix.iter().fold(table, |table, one| {
        let name = reading.named(&format!("appendix/{}", one.key), &*one.name);
        table.row([name, one.handed_out.clone().into()])
    });
    Section::new("appendices", "Appendices")
        .table(table, "No paper is named yet.")
        .acts(reading.adds("appendix", "Add an appendix"))
}
