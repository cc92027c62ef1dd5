//! One incident as the public reads it: on the page, on a page of its own, and in the preview.

use askama::Template;
use askama::filters::HtmlSafe;
use bytes::Bytes;
use time::OffsetDateTime;

use super::PublishError;
use super::page::{AsOf, iso};
use super::site::INCIDENTS;
use super::view::{Incident, Post, View};
use crate::domain::civil;
use crate::domain::civil::Zone;

/// How many updates of an incident the status page shows.
pub(super) const SHOWN: usize = 20;
/// How many bytes of words it shows, of all incidents together; each one's newest is always whole.
pub(super) const ROOM: usize = 24_000;

/// One incident with what was said of it.
#[derive(Debug, Template)]
#[template(path = "status/_incident.html")]
pub(super) struct Section<'v> {
    heading: &'v str,
    incident: &'v Incident,
    posts: &'v [Post],
    earlier: Option<String>,
    zone: &'v Zone,
    hotline: &'v str,
    now: OffsetDateTime,
}

impl HtmlSafe for Section<'_> {}

#[derive(Template)]
#[template(path = "status/incident.html")]
struct IncidentPage<'v> {
    root: &'static str,
    title: String,
    headline: &'v str,
    organisation: &'v str,
    as_of: Option<AsOf>,
    section: Section<'v>,
}

/// An incident in a list.
#[derive(Debug)]
pub(super) struct Listed<'v> {
    pub(super) iso: String,
    pub(super) day: String,
    pub(super) path: String,
    pub(super) title: &'v str,
    pub(super) lasted: String,
}

impl<'v> Listed<'v> {
    pub(super) fn of(view: &View, incident: &'v Incident, now: OffsetDateTime) -> Listed<'v> {
        let over = |at| format!("{}, over", civil::span(at - incident.since));
        Listed {
            iso: iso(incident.since),
            day: view.zone.dated(incident.since, now),
            path: path(incident),
            title: &incident.title,
            lasted: incident.ended_at.map_or_else(|| "goes on".to_owned(), over),
        }
    }
}

/// The path of an incident's own page, from the page itself.
pub(super) fn path(incident: &Incident) -> String {
    format!("{INCIDENTS}/{}.html", incident.number)
}

/// An incident's own page; one that is over changes no more, and so has no age.
pub(super) fn page(
    view: &View,
    incident: &Incident,
    now: OffsetDateTime,
) -> Result<Bytes, PublishError> {
    let page = IncidentPage {
        root: "../../",
        title: format!("{} – {} status", incident.title, view.organisation),
        organisation: &view.organisation,
        as_of: incident.ended_at.is_none().then(|| AsOf::at(now)),
        headline: &incident.title,
        section: Section { heading: "Updates", ..Section::whole(view, incident, now) },
    };
    Ok(page.render()?.into())
}

impl<'v> Section<'v> {
    /// All that was said.
    pub(super) fn whole(
        view: &'v View,
        incident: &'v Incident,
        now: OffsetDateTime,
    ) -> Section<'v> {
        Section {
            heading: &incident.title,
            incident,
            posts: &incident.posts,
            earlier: None,
            zone: &view.zone,
            hotline: &view.hotline,
            now,
        }
    }

    /// The newest, as far as there is room, with the way to the others.
    pub(super) fn newest(
        view: &'v View,
        incident: &'v Incident,
        room: &mut usize,
        now: OffsetDateTime,
    ) -> Section<'v> {
        let mut shown = 0;
        for post in incident.posts.iter().take(SHOWN) {
            if shown > 0 && post.words.len() > *room {
                break;
            }
            *room = room.saturating_sub(post.words.len());
            shown += 1;
        }
        let earlier = (shown < incident.posts.len()).then(|| path(incident));
        Section { posts: &incident.posts[..shown], earlier, ..Section::whole(view, incident, now) }
    }

    fn when(&self, at: &OffsetDateTime) -> String {
        self.zone.when(*at, self.now)
    }

    fn iso(&self, at: &OffsetDateTime) -> String {
        iso(*at)
    }

    fn lasted(&self, ended_at: &OffsetDateTime) -> String {
        civil::span(*ended_at - self.incident.since)
    }

    fn is_late(&self, next_by: &OffsetDateTime) -> bool {
        *next_by <= self.now
    }

    fn late(&self, next_by: &OffsetDateTime) -> String {
        civil::span(self.now - *next_by)
    }

    /// When the words went out that this update corrects.
    fn corrected(&self, number: &usize) -> String {
        let old = self.incident.posts.iter().find(|post| post.number == *number);
        old.map(|post| self.when(&post.at)).unwrap_or_default()
    }

    fn dial(&self) -> String {
        self.hotline.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }

    /// The number to call while it goes on.
    fn urgent(&self) -> Option<&str> {
        let rings = self.incident.ended_at.is_none() && !self.hotline.is_empty();
        rings.then_some(self.hotline)
    }
}
