//! The Atom feed (RFC 4287): an entry for each post. Its links are relative, as those of all pages.

use askama::Template;
use bytes::Bytes;
use time::OffsetDateTime;
use uuid::{Builder, Uuid};

use super::PublishError;
use super::incident;
use super::page::iso;
use super::site::FEED;
use super::view::{Incident, Post, View};
use crate::domain::civil::Zone;

/// How many posts it holds.
const POSTS: usize = 50;
/// How many bytes of words, but for the newest, which is always there.
const ROOM: usize = 100_000;

#[derive(Template)]
#[template(path = "status/feed.xml")]
struct Feed {
    path: &'static str,
    id: Uuid,
    organisation: String,
    updated: String,
    entries: Vec<Entry>,
}

struct Entry {
    id: Uuid,
    title: String,
    page: String,
    published: String,
    updated: String,
    notes: Vec<String>,
    post: Post,
}

/// The feed's bytes; they change when something is published, and not with time.
pub(super) fn document(view: &View) -> Result<Bytes, PublishError> {
    let posts = newest(view);
    let updated = posts.iter().map(|(_, post)| touched(post)).max();
    let known = view.components.iter().map(|part| part.known_since).max();
    let updated = updated.or(known).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let entries = posts.into_iter().map(|(of, post)| Entry::of(view, of, post)).collect();
    let organisation = plain(&view.organisation);
    let (path, id) = (FEED, view.identity);
    Ok(Feed { path, id, organisation, updated: iso(updated), entries }.render()?.into())
}

/// The posts of all incidents as far as there is room, the newest first.
fn newest(view: &View) -> Vec<(&Incident, &Post)> {
    let of = |one| std::iter::repeat(one);
    let all = view.incidents().flat_map(|one| of(one).zip(&one.posts));
    let mut all: Vec<(&Incident, &Post)> = all.collect();
    all.sort_by_key(|(of, post)| std::cmp::Reverse((post.at, of.number, post.number)));
    let mut used = 0;
    let fits = |(_, post): &(&Incident, &Post)| {
        used += post.words.len();
        used <= ROOM.max(post.words.len())
    };
    all.into_iter().take(POSTS).take_while(fits).collect()
}

/// When an entry last came to say something else.
fn touched(post: &Post) -> OffsetDateTime {
    post.corrected_at.unwrap_or(post.at)
}

impl Entry {
    fn of(view: &View, incident: &Incident, post: &Post) -> Entry {
        let title = plain(&incident.title);
        let words = plain(&post.words);
        Entry {
            id: id(view, incident, post),
            title: if post.number == 1 {
                title
            } else {
                format!("{title}: update {}", post.number)
            },
            page: incident::path(incident),
            published: iso(post.at),
            updated: iso(touched(post)),
            notes: notes(&view.zone, incident, post),
            post: Post { words, ..post.clone() },
        }
    }
}

/// What must be read before the words.
fn notes(zone: &Zone, incident: &Incident, post: &Post) -> Vec<String> {
    let old =
        post.corrects.and_then(|number| incident.posts.iter().find(|old| old.number == number));
    let corrects = old.map(|old| format!("Corrects the words of {}.", zone.moment(old.at)));
    let corrected = post
        .corrected_at
        .map(|at| format!("These words were wrong. They were corrected {}.", zone.moment(at)));
    corrects.into_iter().chain(corrected).collect()
}

/// An entry's name for ever: of the installation, the incident's number and the post's place.
fn id(view: &View, incident: &Incident, post: &Post) -> Uuid {
    let name = format!("{} {} {}", view.identity, incident.number, post.number);
    let digest = ring::digest::digest(&ring::digest::SHA256, name.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// Without the characters that XML can't hold.
fn plain(text: &str) -> String {
    let held = |c: &char| {
        matches!(c, '\t' | '\n' | '\r') || !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    text.chars().filter(held).collect()
}

#[cfg(test)]
mod tests;
