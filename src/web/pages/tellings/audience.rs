//! `/incidents/{id}/tellings/{audience}`: the text to copy, the addresses, and "told".

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Html;
use time::OffsetDateTime;

use super::{framed, situation, stands};
use crate::actions::ActionError;
use crate::actions::tellings::{self, Contact, Row, Tellings};
use crate::domain::civil::Zone;
use crate::domain::id::EntryId;
use crate::domain::incident::{Next, Notice, Prepared};
use crate::domain::plan;
use crate::domain::plan::document::{Channel, Every, Notify};
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::incident::Visible;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::empty::Empty;
use crate::web::parts::facts::Facts;
use crate::web::parts::page::Page;
use crate::web::parts::person::tel;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::{Icon, State as Standing};
use crate::web::parts::words::Words;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "incidents/telling.html")]
struct TellingPage {
    page: Page,
    situation: Situation,
    stands: Standing,
    notice: Notice,
    rows: usize,
    unfilled: String,
    nobody: Option<Empty>,
    addresses: Facts,
    told: Vec<String>,
    act: Option<Act>,
    all: String,
}

/// `GET /incidents/{id}/tellings/{audience}`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Visible(id): Visible,
    Path((_, key)): Path<(String, String)>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let seen = tellings::read(&state.db, id).await?;
    let row = row(&seen, &key)?;
    let contacts = tellings::contacts(&state.db, &seen.plan, &row.audience).await?;
    let (zone, now) = (frame.zone.clone(), frame.now);
    let notice = notice(&seen, &row, now);
    let reached = addresses(&seen, &row, &contacts, &notice);
    let nobody = reached.is_none().then(|| {
        let words = format!("The plan names no address of {}.", row.audience.name);
        let act = Act::go("Look at the plan", links::PLAN);
        Empty::new("no-address", "No address is known", words).act(act)
    });
    let heading = format!("Tell {}", row.audience.name);
    let last = row.told.first().map(|(at, _)| *at);
    let html = TellingPage {
        act: act(&frame, &seen, &row, &heading),
        page: framed(frame.page, &seen, &heading),
        situation: situation(&seen, &zone, now, &heading),
        stands: stands(&seen, row.due_at, last, now),
        rows: (notice.body.lines().count() + 3).clamp(6, 24),
        unfilled: unfilled(&notice),
        nobody,
        addresses: reached.unwrap_or_default(),
        told: row.told.iter().map(|told| worded(told, &zone, now)).collect(),
        all: links::tellings(seen.incident.id),
        notice,
    };
    Ok(Html(html.render()?))
}

/// The audience's row; one that nothing is due to has one, too.
fn row(seen: &Tellings, key: &str) -> Result<Row, ActionError> {
    if let Some(row) = seen.rows.iter().find(|row| row.audience.key == key) {
        return Ok(row.clone());
    }
    let audience = seen.plan.audience(key).ok_or(ActionError::NotFound("audience"))?;
    Ok(Row { audience: audience.clone(), wanted: None, due_at: None, told: Vec::new() })
}

fn notice(seen: &Tellings, row: &Row, now: OffsetDateTime) -> Notice {
    let next = match row.wanted.as_ref().map(|wanted| wanted.every) {
        Some(Every::Span(span)) => Next::By(now + span.duration()),
        Some(Every::OnChange | Every::None) | None => Next::WhenNews,
    };
    let key = row.wanted.as_ref().and_then(|wanted| wanted.template.as_deref());
    let template = key.and_then(|key| seen.plan.template(key));
    Prepared::new(&seen.incident, &seen.plan, now).next(next).notice(template)
}

fn unfilled(notice: &Notice) -> String {
    let text = format!("{}\n{}", notice.subject, notice.body);
    let names = plan::unfilled(&text).into_iter().map(|name| format!("{{{{{name}}}}}"));
    names.collect::<Vec<_>>().join(", ")
}

/// Ways to reach the audience: its lists, its people, the plan's channels. None: there is no way.
fn addresses(seen: &Tellings, row: &Row, contacts: &[Contact], notice: &Notice) -> Option<Facts> {
    let mut facts = Vec::new();
    for address in &row.audience.addresses {
        facts.push(("Mail list".to_owned(), mail(Words::new(), address, notice)));
    }
    for contact in contacts {
        let ways = contact.methods.iter().enumerate().fold(Words::new(), |words, (n, method)| {
            let words = if n == 0 { words } else { words.plain(", ") };
            match method.channel.as_str() {
                "mail" => mail(words, &method.address, notice),
                _ => words.link(tel(&method.address), method.address.clone()),
            }
        });
        let known = !contact.methods.is_empty();
        let ways = if known { ways } else { Standing::bad("no way to reach them").into() };
        facts.push((contact.name.clone(), ways));
    }
    let none = facts.is_empty();
    let wanted = row.wanted.iter().flat_map(|wanted| channels(seen, wanted));
    facts.extend(wanted.filter_map(|channel| {
        let lists = channel.kind == "mail" && !none; // its lists are other audiences', too
        (!lists).then(|| (channel.name.clone(), ways(channel, notice)))
    }));
    let any = !facts.is_empty();
    any.then(|| facts.into_iter().fold(Facts::new(), |all, (name, way)| all.fact(name, way)))
}

fn channels<'a>(seen: &'a Tellings, wanted: &'a Notify) -> impl Iterator<Item = &'a Channel> {
    let find = |key: &String| seen.plan.channel.iter().find(|channel| channel.key == *key);
    wanted.channels.iter().filter_map(find)
}

fn ways(channel: &Channel, notice: &Notice) -> Words {
    channel.addresses.iter().enumerate().fold(Words::new(), |words, (n, address)| {
        let words = if n == 0 { words } else { words.plain(", ") };
        match channel.kind.as_str() {
            "mail" => mail(words, address, notice),
            "phone" => words.link(tel(address), address.clone()),
            _ if address.starts_with("https://") => words.link(address.clone(), address.clone()),
            _ => words.plain(address.clone()),
        }
    })
}

/// A link that opens a mail program with the text in it.
fn mail(words: Words, address: &str, notice: &Notice) -> Words {
    let body = notice.body.replace('\n', "\r\n");
    let (to, subject, body) = (encoded(address), encoded(&notice.subject), encoded(&body));
    words.link(format!("mailto:{to}?subject={subject}&body={body}"), address)
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'@' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn worded((at, by): &(OffsetDateTime, String), zone: &Zone, now: OffsetDateTime) -> String {
    format!("{}, by {by}", zone.when(*at, now))
}

/// "I have told …", for who may say so while there is something to say.
fn act(frame: &Frame, seen: &Tellings, row: &Row, heading: &str) -> Option<Act> {
    let may = frame.who.rights.allow(Right::Respond);
    let open = seen.incident.is_open() || !row.told.is_empty();
    let words = heading.replacen("Tell", "I have told", 1);
    let action = links::tellings(seen.incident.id);
    let act = Act::post("told", words, action, &frame.page.csrf)
        .with("id", EntryId::new(frame.now).0.to_string())
        .with("audience", row.audience.key.clone())
        .look(Look::PrimaryLarge);
    (may && open).then_some(act)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_link_carries_the_whole_text_and_nothing_that_breaks_it() {
        let (subject, body) = ("A & B?".to_owned(), "first\nsecond # 100 %".to_owned());
        let html = mail(Words::new(), "a+b@example.org", &Notice { subject, body }).to_string();

        assert!(
            html.contains(
                "href=\"mailto:a%2Bb@example.org?subject=A%20%26%20B%3F\
                 &#38;body=first%0D%0Asecond%20%23%20100%20%25\""
            ),
            "{html}"
        );
    }
}
