//! Who holds what, and whether they can be reached.

use super::place;
use crate::domain::civil::Zone;
use crate::domain::plan::document::{Contact, PlanFile};
use crate::domain::plan::reach::{Unreachable, check_contact};
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
    let Err(unreachable) = check_contact(&contact.channel, &contact.address) else { return };
    let wrong = match unreachable {
        Unreachable::Channel(_) => place.at("channel"),
        Unreachable::Mail(_) | Unreachable::Number(_) => place.at("address"),
    };
    report.error(wrong, unreachable.to_string());
}

fn mail(place: Place, address: &str, report: &mut Report) {
    if let Err(unreachable) = check_contact("mail", address) {
        report.error(place, unreachable.to_string());
    }
}
