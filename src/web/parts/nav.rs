//! Navigation: the installation's, an incident's, or just the way back.

use super::situation::Acts;
use super::strip::Strip;
use crate::domain::rights::{Right, Rights};

/// Which navigation a page has, and which item of it the page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nav {
    /// The installation's.
    Main(Option<Tab>),
    /// An incident's own.
    Incident(IncidentNav),
    /// One thing to do here: only a way back.
    Back {
        /// Where to.
        href: String,
        /// What leaving means: `Go back, don’t declare`.
        words: String,
    },
}

/// An item of the main navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The front page.
    Readiness,
    /// All incidents.
    Incidents,
    /// Sites, and later what can be restored.
    Recovery,
    /// The plan in force.
    Plan,
    /// The roster.
    People,
    /// What the public sees.
    StatusPage,
    /// Channels and secrets; owners alone.
    Settings,
}

/// The navigation of one incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentNav {
    /// The incident's page, below which its others lie: `/incidents/0193270c…`.
    pub base: String,
    /// Which of them this is.
    pub current: Option<IncidentTab>,
    /// The revision it is pinned to.
    pub revision: i64,
    /// Where that revision is read.
    pub plan_href: String,
    /// Where responders meet; empty where the plan says nothing.
    pub meeting: String,
}

/// An item of an incident's navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncidentTab {
    /// All on one screen.
    Now,
    /// All entries.
    Timeline,
    /// Who does what by when.
    Tasks,
    /// What the plan says to do.
    Runbooks,
    /// How what was lost comes back.
    Restore,
    /// Words for the public.
    Update,
    /// Who is to be told, and who was.
    Tellings,
    /// Command, level, phase.
    Command,
    /// What was sent to whom.
    Messages,
    /// Whom to call, in order.
    CallList,
    /// The plan as it was when it was declared.
    Plan,
}

/// A link in a navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// Where to.
    pub href: String,
    /// What it is called.
    pub words: String,
    /// Whether it is the page one is on.
    pub current: bool,
}

impl Nav {
    /// The links, as far as these rights go.
    #[must_use]
    pub fn items(&self, rights: &Rights) -> Vec<NavItem> {
        match self {
            Nav::Main(current) => Tab::ALL
                .into_iter()
                .filter(|tab| *tab != Tab::Settings || rights.allow(Right::Own))
                .map(|tab| tab.item(*current == Some(tab)))
                .collect(),
            Nav::Incident(incident) => incident.items(),
            Nav::Back { .. } => Vec::new(),
        }
    }

    /// What a screen reader calls it.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Nav::Incident(_) => "Incident",
            Nav::Main(_) | Nav::Back { .. } => "Main",
        }
    }

    /// Links in reach of a thumb, on the pages of an incident.
    #[must_use]
    pub fn acts(&self) -> Option<Acts> {
        match self {
            Nav::Incident(incident) => Some(incident.acts()),
            Nav::Main(_) | Nav::Back { .. } => None,
        }
    }

    /// Whether the page belongs to the incident behind this strip.
    #[must_use]
    pub fn is_of(&self, strip: &Strip) -> bool {
        matches!(self, Nav::Incident(incident) if incident.base == strip.href)
    }
}

impl Tab {
    const ALL: [Tab; 7] = [
        Tab::Readiness,
        Tab::Incidents,
        Tab::Recovery,
        Tab::Plan,
        Tab::People,
        Tab::StatusPage,
        Tab::Settings,
    ];

    fn item(self, current: bool) -> NavItem {
        let (href, words) = match self {
            Tab::Readiness => ("/", "Readiness"),
            Tab::Incidents => ("/incidents", "Incidents"),
            Tab::Recovery => ("/recovery", "Recovery"),
            Tab::Plan => ("/plan", "Plan"),
            Tab::People => ("/people", "People"),
            Tab::StatusPage => ("/status", "Status page"),
            Tab::Settings => ("/settings", "Settings"),
        };
        NavItem { href: href.to_owned(), words: words.to_owned(), current }
    }
}

impl IncidentNav {
    fn acts(&self) -> Acts {
        let base = &self.base;
        let link = |path: &str, words: &str| (format!("{base}{path}"), words.to_owned());
        let last = match self.meeting.as_str() {
            "" => link("/tasks", "Tasks"),
            meeting => (meeting.to_owned(), "Meeting".to_owned()),
        };
        let links = vec![
            link("#note", "Note"),
            link("/update", "Update"),
            link("/calls", "Call list"),
            last,
        ];
        Acts { links }
    }

    fn items(&self) -> Vec<NavItem> {
        let base = &self.base;
        [
            (IncidentTab::Now, base.clone(), "Now".to_owned()),
            (IncidentTab::Timeline, format!("{base}/timeline"), "Timeline".to_owned()),
            (IncidentTab::Tasks, format!("{base}/tasks"), "Tasks".to_owned()),
            (IncidentTab::Runbooks, format!("{base}/runbooks"), "Runbooks".to_owned()),
            (IncidentTab::Restore, format!("{base}/restore"), "Restore".to_owned()),
            (IncidentTab::Update, format!("{base}/update"), "Update".to_owned()),
            (IncidentTab::Tellings, format!("{base}/tellings"), "Tellings".to_owned()),
            (IncidentTab::Command, format!("{base}/command"), "Command".to_owned()),
            (IncidentTab::Messages, format!("{base}/messages"), "Messages".to_owned()),
            (IncidentTab::CallList, format!("{base}/calls"), "Call list".to_owned()),
            (IncidentTab::Plan, self.plan_href.clone(), format!("Plan, rev. {}", self.revision)),
        ]
        .into_iter()
        .map(|(tab, href, words)| NavItem { href, words, current: self.current == Some(tab) })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(nav: &Nav, rights: &Rights) -> Vec<String> {
        nav.items(rights).into_iter().map(|item| item.words).collect()
    }

    #[test]
    fn settings_are_shown_to_owners_alone() {
        let nav = Nav::Main(Some(Tab::Plan));

        assert!(words(&nav, &Rights::all()).contains(&"Settings".to_owned()));
        let commander = Rights::from_iter([Right::Respond, Right::Command]);
        assert!(!words(&nav, &commander).contains(&"Settings".to_owned()));
    }

    #[test]
    fn exactly_the_page_one_is_on_is_marked() {
        let nav = Nav::Main(Some(Tab::People));
        let marked: Vec<_> =
            nav.items(&Rights::all()).into_iter().filter(|item| item.current).collect();

        assert_eq!(marked.len(), 1);
        assert_eq!(marked[0].href, "/people");
    }

    #[test]
    fn an_incident_names_the_revision_it_is_pinned_to() {
        let (base, plan_href) = ("/incidents/7".to_owned(), "/plan/revisions/12".to_owned());
        let (current, revision, meeting) = (None, 12, String::new());
        let nav = Nav::Incident(IncidentNav { base, current, revision, plan_href, meeting });

        assert_eq!(
            words(&nav, &Rights::all()),
            [
                "Now",
                "Timeline",
                "Tasks",
                "Runbooks",
                "Restore",
                "Update",
                "Tellings",
                "Command",
                "Messages",
                "Call list",
                "Plan, rev. 12"
            ]
        );
    }
}
