//! Values that are what they should be: zones, numbers, addresses, days, templates.

use time::OffsetDateTime;

use super::place;
use crate::domain::civil::{Cron, Day, Zone};
use crate::domain::plan::document::{Channel, FORMAT, Plan, Template};
use crate::domain::plan::placeholder::{self, PLACEHOLDERS};
use crate::domain::plan::reach::{is_mail_address, is_phone_number, is_web_address};
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;

pub(super) fn judge(plan: &Plan, report: &mut Report) {
    document(plan, report);
    for (at, channel) in plan.channel.iter().enumerate() {
        addresses(&place!("channel", at, "addresses"), channel, report);
    }
    for (at, template) in plan.template.iter().enumerate() {
        placeholders(&place!("template", at), template, report);
    }
    for (at, schedule) in plan.schedule.iter().enumerate() {
        recurs(place!("schedule", at, "cron"), &schedule.cron, report);
    }
}

fn document(plan: &Plan, report: &mut Report) {
    let document = &plan.document;
    if plan.format != FORMAT {
        let says = format!("this release reads format {FORMAT}, not {}", plan.format);
        report.error(place!("format"), says);
    }
    if let Err(unknown) = Zone::parse(&document.zone) {
        report.error(place!("document", "zone"), unknown.to_string());
    }
    if !document.hotline.is_empty() && !is_phone_number(&document.hotline) {
        report.error(place!("document", "hotline"), no_number(&document.hotline));
    }
    for (key, page) in [("meeting", &document.meeting), ("status_page", &document.status_page)] {
        if !page.is_empty() && !is_web_address(page) {
            report.error(place!("document", key), no_page(page));
        }
    }
    for (key, day) in [("updated", &document.updated), ("next_review", &document.next_review)] {
        if let (false, Err(wrong)) = (day.is_empty(), day.parse::<Day>()) {
            report.error(place!("document", key), wrong.to_string());
        }
    }
}

fn no_number(typed: &str) -> String {
    format!("“{typed}” is no telephone number; write it like +44 20 7946 0123")
}

fn no_page(typed: &str) -> String {
    format!("“{typed}” is no address of a page; write it like https://example.org/page")
}

/// What a channel of this kind is called by, posted to, or linked to.
fn addresses(place: &Place, channel: &Channel, report: &mut Report) {
    for (at, address) in channel.addresses.iter().enumerate() {
        let wrong = match channel.kind.as_str() {
            "phone" if !is_phone_number(address) => no_number(address),
            "mail" if !is_mail_address(address) => {
                format!("“{address}” is no mail address; write it like ada@example.org")
            }
            "status-page" | "website" if !is_web_address(address) => no_page(address),
            _ => continue,
        };
        report.error(place.at(at), wrong);
    }
}

fn recurs(place: Place, text: &str, report: &mut Report) {
    match text.parse::<Cron>() {
        Err(wrong) => report.error(place, wrong.to_string()),
        Ok(cron) if cron.next(&Zone::utc(), OffsetDateTime::UNIX_EPOCH).is_none() => {
            report.error(place, format!("“{text}” never comes; no month has that day"));
        }
        Ok(_) => {}
    }
}

fn placeholders(place: &Place, template: &Template, report: &mut Report) {
    for (key, text) in [("subject", &template.subject), ("body", &template.body)] {
        for name in placeholder::unknown(text) {
            let known = PLACEHOLDERS.join(", ");
            let says = format!("{{{{{name}}}}} can't be filled; there are {known}");
            report.error(place.at(key), says);
        }
        if placeholder::is_left_open(text) {
            report.error(place.at(key), "a name after {{ does not end; close it with }}");
        }
    }
}
