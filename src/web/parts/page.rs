//! What every page of a signed-in person has around it; a page's template struct embeds it as
//! `page` and extends `layout.html`.

use time::OffsetDateTime;

use super::csrf::Csrf;
use super::head::Head;
use super::nav::{Nav, NavItem, Tab};
use super::strip::{Banner, Strip};
use super::top::{Live, Top};
use crate::domain::rights::{Right, Rights};
use crate::web::assets::{
    CLOCKS_JS, COPY_JS, DECLARE_KEYS_JS, LIVE_JS, NAV_JS, ONCE_JS, REFRESH_JS,
};

/// How many lines about open incidents a page has room for.
const STRIPS: usize = 3;

/// The frame of a page: head, navigation, strips, footer.
#[derive(Debug, Clone)]
pub struct Page {
    /// Title, scripts, body's classes.
    pub head: Head,
    /// Which navigation, and where in it.
    pub nav: Nav,
    /// Who reads.
    pub viewer: Viewer,
    /// Stands in every POST form as `{{ page.csrf }}`.
    pub csrf: Csrf,
    /// Whether and how it stays fresh.
    pub live: Option<Live>,
    /// Its own address, where it draws itself anew every few seconds.
    pub renewed: Option<String>,
    /// Stands in the footer.
    pub footing: Footing,
    strips: Vec<Strip>,
    banners: Vec<Banner>,
}

/// Who reads the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The person's name.
    pub name: String,
    /// What they may do.
    pub rights: Rights,
}

/// What the footer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footing {
    /// The zone of all times: `Europe/Berlin (CET)`.
    pub zone: String,
    /// The plan in force: `Plan revision 12, in force since 2 November 2026.` Empty without one.
    pub revision: String,
}

impl Page {
    /// An untitled page in the main navigation, drawn at `now`.
    #[must_use]
    pub fn new(viewer: Viewer, csrf: Csrf, footing: Footing, now: OffsetDateTime) -> Page {
        let scripts = vec![CLOCKS_JS, COPY_JS, DECLARE_KEYS_JS, NAV_JS, ONCE_JS];
        Page {
            head: Head::new("", now, scripts),
            nav: Nav::Main(None),
            viewer,
            csrf,
            live: None,
            renewed: None,
            footing,
            strips: Vec::new(),
            banners: Vec::new(),
        }
    }

    /// What differs from other pages.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Page {
        self.head.title = title.into();
        self
    }

    /// Which item of the main navigation it is.
    #[must_use]
    pub fn at(mut self, tab: Tab) -> Page {
        self.nav = Nav::Main(Some(tab));
        self
    }

    /// Another navigation than the main one.
    #[must_use]
    pub fn nav(mut self, nav: Nav) -> Page {
        self.nav = nav;
        self
    }

    /// The level it stands under, and whether that is an exercise.
    #[must_use]
    pub fn under(mut self, level: u8, drill: bool) -> Page {
        self.head.level = Some(level);
        self.head.drill = drill;
        self
    }

    /// A form on it was refused.
    #[must_use]
    pub fn refused(mut self) -> Page {
        self.head.refused = true;
        self
    }

    /// The open incidents; a page of one of them leaves out its own.
    #[must_use]
    pub fn strips(mut self, strips: Vec<Strip>) -> Page {
        self.strips = strips;
        self
    }

    /// One more banner.
    #[must_use]
    pub fn banner(mut self, banner: Banner) -> Page {
        self.banners.push(banner);
        self
    }

    /// A stream keeps it fresh.
    #[must_use]
    pub fn live(mut self, live: Live) -> Page {
        self.live = Some(live);
        self.head.live = true;
        self.head.scripts.extend([LIVE_JS, REFRESH_JS]);
        self
    }

    /// A live page that is drawn anew after so many milliseconds at the latest.
    #[must_use]
    pub fn redrawn_within(mut self, most: i128) -> Page {
        if let Some(live) = &mut self.live {
            live.changes_in = Some(live.changes_in.map_or(most, |in_ms| in_ms.min(most)));
        }
        self
    }

    /// It draws its regions anew every few seconds, from its own address.
    #[must_use]
    pub fn renewed(mut self, href: impl Into<String>) -> Page {
        self.renewed = Some(href.into());
        self.head.live = true;
        self.head.scripts.push(REFRESH_JS);
        self
    }

    /// Brand, navigation, who reads, Declare.
    #[must_use]
    pub fn top(&self) -> Top<'_> {
        Top { page: self }
    }

    /// The links of its navigation.
    #[must_use]
    pub fn items(&self) -> Vec<NavItem> {
        self.nav.items(&self.viewer.rights)
    }

    /// The open incidents that aren't its own; of many the gravest, or they would push it out of sight.
    pub fn other_incidents(&self) -> impl Iterator<Item = &Strip> {
        self.others().take(STRIPS - usize::from(self.others().count() > STRIPS))
    }

    /// How many more are open than it names.
    #[must_use]
    pub fn more_incidents(&self) -> usize {
        self.others().count() - self.other_incidents().count()
    }

    fn others(&self) -> impl Iterator<Item = &Strip> {
        self.strips.iter().filter(|strip| !self.nav.is_of(strip))
    }

    /// The banners, in the order they were put up.
    #[must_use]
    pub fn banners(&self) -> &[Banner] {
        &self.banners
    }

    /// Whether the reader may declare, answer, write.
    #[must_use]
    pub fn may_respond(&self) -> bool {
        self.viewer.rights.allow(Right::Respond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::parts::level::Level;
    use crate::web::parts::nav::IncidentNav;

    fn strip(href: &str) -> Strip {
        let (title, since) = ("Down".to_owned(), "now".into());
        Strip { level: Level::new(3, "Out"), title, href: href.to_owned(), since, drill: false }
    }

    #[test]
    fn an_incidents_page_shows_the_other_open_incidents_only() {
        let viewer = Viewer { name: "Ada".to_owned(), rights: Rights::all() };
        let footing = Footing { zone: "UTC".to_owned(), revision: String::new() };
        let page = Page::new(viewer, Csrf::default(), footing, OffsetDateTime::UNIX_EPOCH)
            .strips(vec![strip("/incidents/1"), strip("/incidents/2")]);
        assert_eq!(page.other_incidents().count(), 2);

        let (base, plan_href) = ("/incidents/1".to_owned(), "/plan".to_owned());
        let (current, revision, meeting) = (None, 1, String::new());
        let nav = IncidentNav { base, current, revision, plan_href, meeting };
        let page = page.nav(Nav::Incident(nav));
        let others: Vec<_> = page.other_incidents().map(|strip| strip.href.as_str()).collect();
        assert_eq!(others, ["/incidents/2"]);
    }

    #[test]
    fn of_many_open_incidents_the_gravest_are_named_and_the_others_counted() {
        for (open, named, more) in [(0, 0, 0), (3, 3, 0), (4, 2, 2), (9, 2, 7)] {
            let viewer = Viewer { name: "Ada".to_owned(), rights: Rights::all() };
            let footing = Footing { zone: "UTC".to_owned(), revision: String::new() };
            let page = Page::new(viewer, Csrf::default(), footing, OffsetDateTime::UNIX_EPOCH)
                .strips((0..open).map(|n| strip(&format!("/incidents/{n}"))).collect());
            assert_eq!((page.other_incidents().count(), page.more_incidents()), (named, more));
        }
    }
}
