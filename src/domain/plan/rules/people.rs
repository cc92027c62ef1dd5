//! Who holds what, and whether they can be reached.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::place;
use crate::domain::civil::Zone;
use crate::domain::plan::document::{Contact, PlanFile};
use crate::domain::plan::reach::{Unreachable, check_contact};
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;

const RANKS: RangeInclusive<u8> = 1..=9;

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
        let mut seen = BTreeSet::new();
        for (nth, contact) in person.contact.iter().enumerate() {
            let place = place!("person", at, "contact", nth);
            reach(&place, contact, report);
            if !seen.insert((&contact.channel, &contact.address)) {
                let says = format!(
                    "{} has {} {} twice; take one away",
                    person.name, contact.channel, contact.address
                );
                report.error(place.at("address"), says);
            }
        }
    }
    shared(file, report);
}

/// One address of two people: the page meant for one would be answered by the other.
fn shared(file: &PlanFile, report: &mut Report) {
    let mut first = BTreeMap::new();
    for (at, person) in file.people.iter().enumerate() {
        for (nth, contact) in person.contact.iter().enumerate() {
            let other = first.entry((&contact.channel, &contact.address)).or_insert(person);
            if other.key != person.key {
                let says = format!("{} has this address too; is it meant?", other.name);
                report.warning(place!("person", at, "contact", nth, "address"), says);
            }
        }
    }
}

fn reach(place: &Place, contact: &Contact, report: &mut Report) {
    if !RANKS.contains(&contact.rank) {
        let says = format!("there is no rank {}; 1 is tried first, 9 last", contact.rank);
        report.error(place.at("rank"), says);
    }
    match check_contact(&contact.channel, &contact.address) {
        Ok(()) | Err(Unreachable::Channel(_)) => {} // a word off its list is said of all lists alike
        Err(unreachable) => report.error(place.at("address"), unreachable.to_string()),
    }
}

fn mail(place: Place, address: &str, report: &mut Report) {
    if let Err(unreachable) = check_contact("mail", address) {
        report.error(place, unreachable.to_string());
    }
}
