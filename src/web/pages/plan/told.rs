//! Who is told, when, by what, and in which words.

use super::reading::Reading;
use super::sections::{Piece, Section};
use crate::domain::plan::document::{Audience, Every, Notify, Template};
use crate::web::parts::level::Level;
use crate::web::parts::state::{State, Tone};
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

pub(super) fn audiences(reading: &Reading<'_>) -> Section {
    let table = Table::new("audiences").column("Audience").column("Who is in it");
    let table = reading.plan.audience.iter().fold(table, |table, one| {
        let name = reading.named(&format!("audience/{}", one.key), &*one.name);
        table.row([name, members(reading, one)])
    });
    Section::new("audiences", "Audiences")
        .table(table, "No audience is named yet.")
        .acts(reading.adds("audience", "Add an audience"))
}

fn members(reading: &Reading<'_>, audience: &Audience) -> Words {
    let people: Vec<String> = audience.people.iter().map(|key| reading.person(key)).collect();
    let roles: Vec<String> = audience.roles.iter().map(|key| reading.role(key)).collect();
    let roles =
        if roles.is_empty() { String::new() } else { format!("Holders of {}", roles.join(", ")) };
    let public =
        if audience.public { public("whoever reads what is published") } else { Words::new() };
    let words = Words::lines([
        public,
        audience.addresses.join(", ").into(),
        people.join(", ").into(),
        roles.into(),
    ]);
    if words.is_empty() { Words::new().small("whom the commander decides to tell") } else { words }
}

fn public(words: impl Into<String>) -> Words {
    State::new(Tone::Everyone, words).into()
}

/// The matrix, and below it by what and in which words each of its rows is told.
pub(super) fn stakeholders(reading: &Reading<'_>) -> Section {
    let plan = reading.plan;
    let told: Vec<&Audience> = plan
        .audience
        .iter()
        .filter(|audience| plan.notify.iter().any(|row| row.audience == audience.key))
        .collect();
    let caption = "First word within, then how often. Each level keeps what the one before it tells. \
                   The globe marks what the public reads.";
    let table = Table::new("stakeholders").caption(caption).column("Level");
    let table = told.iter().fold(table, |table, audience| table.column(audience.name.clone()));
    let table = plan.level.iter().fold(table, |table, level| {
        let head = Words::from(Level::new(level.number, &*level.name));
        let cells =
            told.iter().map(|audience| cell(plan.told(level.number, &audience.key), audience));
        table.row(std::iter::once(head).chain(cells))
    });
    let section = Section::new("stakeholders", "Stakeholder matrix");
    let section = if told.is_empty() { section } else { section.piece(Piece::Table(table)) };
    section
        .table(rows(reading), "Nobody is told of anything yet.")
        .acts(reading.adds("notify", "Add a row"))
}

fn cell(row: Option<&Notify>, audience: &Audience) -> Words {
    match row {
        None => Words::new().small("not told"),
        Some(row) if audience.public => Words::new().badge(State::new(Tone::Everyone, timing(row))),
        Some(row) => timing(row).into(),
    }
}

fn timing(row: &Notify) -> String {
    let first = if row.first_within.as_seconds() == 0 {
        "at once".to_owned()
    } else {
        format!("within {}", row.first_within)
    };
    match row.every {
        Every::Span(span) => format!("{first}, then every {span}"),
        Every::OnChange => format!("{first}, then when something changes"),
        Every::None => format!("{first}, once"),
    }
}

fn rows(reading: &Reading<'_>) -> Table {
    let plan = reading.plan;
    let caption = "By what, and in which words.";
    let table = Table::new("stakeholders").caption(caption).column("From level and audience");
    plan.notify.iter().fold(table.column("By").column("Words"), |table, row| {
        let audience = plan.audience(&row.audience).map_or(&row.audience, |it| &it.name);
        let by = row
            .channels
            .iter()
            .map(|key| plan.channel(key).map_or(key.clone(), |it| it.name.clone()));
        table.row([
            reading.named(
                &format!("notify/{}.{}", row.level, row.audience),
                format!("{}, {audience}", row.level),
            ),
            by.collect::<Vec<_>>().join(", ").into(),
            row.template.as_ref().map_or(String::new(), |key| reading.template(key)).into(),
        ])
    })
}

pub(super) fn channels(reading: &Reading<'_>) -> Section {
    let table =
        Table::new("channels").column("Channel").column("Where").column("Rank").column("Kind");
    let table = reading.plan.channel.iter().fold(table, |table, one| {
        table.row([
            reading.named(&format!("channel/{}", one.key), &*one.name),
            Words::lines(one.addresses.clone()),
            one.rank.clone().into(),
            one.kind.replace('-', " ").into(),
        ])
    });
    Section::new("channels", "Channels")
        .table(table, "No channel is named yet.")
        .acts(reading.adds("channel", "Add a channel"))
}

pub(super) fn templates(reading: &Reading<'_>) -> Section {
    let letters = reading.plan.template.iter().map(|one| Piece::Letter {
        heading: reading.named(&format!("template/{}", one.key), &*one.name),
        about: about(one),
        text: one.body.clone(),
    });
    Section::new("templates", "Message templates")
        .pieces(letters, "No words are prepared yet.")
        .acts(reading.adds("template", "Add a template"))
}

fn about(template: &Template) -> Words {
    let levels: Vec<String> = template.levels.iter().map(u8::to_string).collect();
    let meant = match levels.as_slice() {
        [] => "For any level".to_owned(),
        [one] => format!("For level {one}"),
        several => format!("For levels {}", several.join(", ")),
    };
    Words::new().small(format!("{meant}. Subject: ")).plain(template.subject.clone())
}
