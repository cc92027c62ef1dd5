//! Who holds what, and whether they can be reached.

use super::place;
use crate::domain::civil::Zone;
use crate::domain::plan::document::{Contact, PlanFile};
use crate::domain::plan::reach::{is_mail_address, is_phone_number};
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;

pub(super) fn judge(file: &PlanFile, report: &mut Report) {
    for (at, role) in file.plan.role.iter().enumerate() {
        if role.holders.is_empty() {
            let says = format!("nobody holds the role {}; name somebody", role.name);
            report.warning(place!("role", at), says);
        }
    }
    for (at, audience) in file.plan.audience.iter().enumerate() {
        for (nth, address) in audience.addresses.iter().enumerate() {
            mail(place!("audience", at, "addresses", nth), address, report);
        }
    }
    for (at, person) in file.people.iter().enumerate() {
        if person.contact.is_empty() {
            let says = format!("{} can't be reached; add a phone number or address", person.name);
            report.warning(place!("person", at), says);
        }
        if let (false, Err(unknown)) = (person.zone.is_empty(), Zone::parse(&person.zone)) {
            report.error(place!("person", at, "zone"), unknown.to_string());
        }
        for (nth, contact) in person.contact.iter().enumerate() {
            reach(&place!("person", at, "contact", nth), contact, report);
        }
    }
}

fn reach(place: &Place, contact: &Contact, report: &mut Report) {
    let address = place.at("address");
    match contact.channel.as_str() {
        "mail" => mail(address, &contact.address, report),
        "phone" | "sms" if is_phone_number(&contact.address) => {}
        "phone" | "sms" => {
            let says = format!(
                "“{}” is no telephone number; write it like +44 20 7946 0123",
                contact.address
            );
            report.error(address, says);
        }
        other => {
            let says = format!("“{other}” is no channel; write mail, phone or sms");
            report.error(place.at("channel"), says);
        }
    }
}

fn mail(place: Place, address: &str, report: &mut Report) {
    if !is_mail_address(address) {
        let says = format!("“{address}” is no mail address; write it like ada@example.org");
        report.error(place, says);
    }
}
