//! Whether an incident could be declared now, and what would go wrong: checks, and what fails.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use super::id::PersonId;
use super::plan::document::{Mark, Plan, Role};
use super::plan::ways::{Reach, Ways};

/// Owners that it takes, so that one may be away.
const OWNERS: usize = 2;

/// What is known of an installation whose plan is in force.
#[derive(Debug, Clone)]
pub struct Stand<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// How many things of its text its owner should look at.
    pub warnings: usize,
    /// Everybody who may be called on.
    pub people: &'a [Member],
    /// The ways to them.
    pub ways: &'a Ways,
    /// Whether mail can leave.
    pub mail: bool,
    /// Whether the links in mails lead to this machine alone.
    pub links_stay_here: bool,
    /// Work of Muster's own that was given up.
    pub dead_jobs: usize,
    /// Sites whose agent is not heard, by name.
    pub silent_sites: &'a [String],
    /// Of what there is no kit that could be relied on, by name.
    pub kits: &'a [String],
    /// Of what the kit is to be proved, by name.
    pub kit_proofs: &'a [String],
    /// What is not proved on another site that should be, by name.
    pub elsewhere: &'a [String],
}

/// Somebody who may be called on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Identity.
    pub id: PersonId,
    /// Stable key.
    pub key: String,
    /// Whole name.
    pub name: String,
    /// Whether a method of theirs is known to work.
    pub tried: bool,
    /// Whether sends to a method of theirs fail.
    pub failing: bool,
    /// Whether they may command.
    pub commands: bool,
    /// Whether they own the installation.
    pub owns: bool,
}

/// What would go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// No mail server is set.
    NoMail,
    /// The links in mails lead to this machine alone.
    LinksStayHere,
    /// A role that these levels page is reached by nobody, or by telephone alone.
    Unreached {
        /// Its key.
        key: String,
        /// Its name.
        role: String,
        /// Levels that page it.
        levels: Vec<u8>,
        /// How it stands.
        reach: Reach,
    },
    /// Sends to somebody fail.
    Failing {
        /// Who.
        person: PersonId,
        /// Their name.
        name: String,
    },
    /// Who is first to command may not.
    CannotCommand {
        /// Who.
        person: PersonId,
        /// Their name.
        name: String,
        /// The role.
        role: String,
    },
    /// Roles that one person holds alone.
    NoAlternate(Vec<String>),
    /// People whom nothing was ever tried to reach by.
    Untried(Vec<String>),
    /// One person alone owns the installation.
    OneOwner,
    /// The plan's review is overdue by so many days.
    ReviewOverdue(u32),
    /// So many things of the plan's text are to be looked at.
    Warnings(usize),
    /// So much work of Muster's own was given up.
    DeadJobs(usize),
    /// What happens to the databases of these sites is unknown: their agents are not heard.
    SilentSites(Vec<String>),
    /// If the hosts of these were gone, nothing might open their backups, or Muster itself.
    Kits(Vec<String>),
    /// Nobody showed lately that the kits of these open.
    KitProofs(Vec<String>),
    /// These are not proved on another site, which should do so.
    Elsewhere(Vec<String>),
}

/// How ready it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// What fails, grave things first.
    pub findings: Vec<Finding>,
    /// How many checks there are.
    pub checks: usize,
}

impl Finding {
    /// Whether somebody would not be reached, or could not act, in an incident declared now.
    #[must_use]
    pub fn is_grave(&self) -> bool {
        match self {
            Finding::NoMail
            | Finding::LinksStayHere
            | Finding::Unreached { .. }
            | Finding::SilentSites(_)
            | Finding::Kits(_)
            | Finding::Failing { .. } => true,
            Finding::CannotCommand { .. }
            | Finding::NoAlternate(_)
            | Finding::Untried(_)
            | Finding::OneOwner
            | Finding::ReviewOverdue(_)
            | Finding::Warnings(_)
            | Finding::KitProofs(_)
            | Finding::Elsewhere(_)
            | Finding::DeadJobs(_) => false,
        }
    }
}

impl Stand<'_> {
    /// Holds every check against it.
    #[must_use]
    pub fn check(&self, now: OffsetDateTime) -> Readiness {
        let one = [
            (!self.mail).then_some(Finding::NoMail),
            (self.mail && self.links_stay_here).then_some(Finding::LinksStayHere),
            self.no_alternate(),
            self.untried(),
            self.one_owner(),
            self.review(now),
            (self.warnings > 0).then_some(Finding::Warnings(self.warnings)),
            (self.dead_jobs > 0).then_some(Finding::DeadJobs(self.dead_jobs)),
            (!self.silent_sites.is_empty()).then(|| Finding::SilentSites(self.silent_sites.into())),
            (!self.kits.is_empty()).then(|| Finding::Kits(self.kits.into())),
            (!self.kit_proofs.is_empty()).then(|| Finding::KitProofs(self.kit_proofs.into())),
            (!self.elsewhere.is_empty()).then(|| Finding::Elsewhere(self.elsewhere.into())),
        ];
        let roles = self.paged().into_iter().map(|role| self.unreached(role));
        let sends = self.people.iter().map(failing);
        let commanders = self.plan.marked(Mark::Command).map(|role| self.cannot_command(role));
        let all: Vec<_> = one.into_iter().chain(roles).chain(sends).chain(commanders).collect();
        let checks = all.len();
        let mut findings: Vec<Finding> = all.into_iter().flatten().collect();
        findings.sort_by_key(|finding| !finding.is_grave());
        Readiness { findings, checks }
    }

    /// The roles that any level pages, each once, in the plan's order.
    fn paged(&self) -> Vec<&Role> {
        let keys: BTreeSet<&String> = self.plan.level.iter().flat_map(|one| &one.pages).collect();
        self.plan.role.iter().filter(|role| keys.contains(&role.key)).collect()
    }

    fn unreached(&self, role: &Role) -> Option<Finding> {
        let reach = self.ways.to_role(role);
        let levels = self.plan.level.iter().filter(|level| level.pages.contains(&role.key));
        match reach {
            Reach::Paged => None,
            Reach::CallList if !self.mail => None,
            Reach::CallList | Reach::Nobody | Reach::Empty => Some(Finding::Unreached {
                key: role.key.clone(),
                role: role.name.clone(),
                levels: levels.map(|level| level.number).collect(),
                reach,
            }),
        }
    }

    fn cannot_command(&self, role: &Role) -> Option<Finding> {
        let first = role.holders.iter().find_map(|key| self.member(key))?;
        (!first.commands).then(|| Finding::CannotCommand {
            person: first.id,
            name: first.name.clone(),
            role: role.name.clone(),
        })
    }

    fn no_alternate(&self) -> Option<Finding> {
        let alone = |role: &&Role| {
            role.holders.iter().filter(|key| self.member(key).is_some()).count() == 1
        };
        let names: Vec<_> =
            self.paged().into_iter().filter(alone).map(|role| role.name.clone()).collect();
        (!names.is_empty()).then_some(Finding::NoAlternate(names))
    }

    fn untried(&self) -> Option<Finding> {
        let paged = self.paged();
        let held = |key: &String| paged.iter().any(|role| role.holders.contains(key));
        let untried = self.people.iter().filter(|one| !one.tried && held(&one.key));
        let names: Vec<_> = untried.map(|one| one.name.clone()).collect();
        (!names.is_empty()).then_some(Finding::Untried(names))
    }

    fn one_owner(&self) -> Option<Finding> {
        let owners = self.people.iter().filter(|one| one.owns).count();
        (owners < OWNERS).then_some(Finding::OneOwner)
    }

    fn review(&self, now: OffsetDateTime) -> Option<Finding> {
        let late = self.plan.document.review_in(now).filter(|days| *days < 0)?;
        Some(Finding::ReviewOverdue(late.unsigned_abs()))
    }

    fn member(&self, key: &str) -> Option<&Member> {
        self.people.iter().find(|one| one.key == key)
    }
}

fn failing(member: &Member) -> Option<Finding> {
    member.failing.then(|| Finding::Failing { person: member.id, name: member.name.clone() })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::plan;

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);

    /// An installation in which all is well, to be spoilt.
    struct Well {
        plan: Plan,
        people: Vec<Member>,
        ways: Ways,
    }

    fn well() -> Well {
        let file = plan::parse(include_str!("../../plans/labitory.toml")).unwrap().0;
        let mut plan = file.plan;
        for role in &mut plan.role {
            let other = if role.holders[0] == "ada" { "bob" } else { "ada" };
            role.holders.push(other.to_owned());
        }
        let keys = file.people.iter().map(|person| person.key.clone());
        let keys: Vec<String> = keys.chain(["ada", "bob"].map(str::to_owned)).collect();
        let member = |key: &String| Member {
            id: PersonId(uuid::Uuid::from_u128(u128::from(key.len() as u64))),
            key: key.clone(),
            name: key.clone(),
            tried: true,
            failing: false,
            commands: true,
            owns: key.len() == 3,
        };
        let ways = keys
            .iter()
            .fold(Ways::new(["mail"]), |ways, key| ways.person(key.clone(), ["mail", "phone"]));
        Well { people: keys.iter().map(member).collect(), plan, ways }
    }

    impl Well {
        fn stand(&self) -> Stand<'_> {
            Stand {
                plan: &self.plan,
                warnings: 0,
                people: &self.people,
                ways: &self.ways,
                mail: true,
                links_stay_here: false,
                dead_jobs: 0,
                silent_sites: &[],
                kits: &[],
                kit_proofs: &[],
                elsewhere: &[],
            }
        }

        fn role(&mut self, key: &str) -> &mut Role {
            self.plan.role.iter_mut().find(|role| role.key == key).unwrap()
        }
    }

    fn found(stand: &Stand<'_>) -> Vec<Finding> {
        stand.check(NOW).findings
    }

    #[test]
    fn where_all_is_well_nothing_is_found() {
        let well = well();
        let readiness = well.stand().check(NOW);

        assert_eq!(readiness.findings, []);
        assert_eq!(readiness.checks, 12 + 10 + well.people.len() + 1, "ten roles are paged");
    }

    #[test]
    fn without_mail_or_with_links_to_this_machine_nobody_is_reached() {
        let well = well();

        let mut stand = well.stand();
        stand.links_stay_here = true;
        assert_eq!(found(&stand), [Finding::LinksStayHere]);
        stand.mail = false;
        assert_eq!(found(&stand), [Finding::NoMail], "links are in mails alone");
    }

    #[test]
    fn a_paged_role_that_nobody_or_only_a_telephone_reaches_is_grave() {
        let mut well = well();
        well.role("dba").holders.clear();
        well.role("technical-lead").holders = vec!["caller".to_owned(), "ada".to_owned()];
        let people = [("ada", &["phone"][..]), ("caller", &["sms"])];
        for (key, channels) in people {
            well.ways = well.ways.person(key, channels.iter().copied());
        }

        let grave = found(&well.stand()).into_iter().filter(Finding::is_grave);
        let roles: Vec<_> = grave
            .map(|finding| match finding {
                Finding::Unreached { key, levels, reach, .. } => (key, levels, reach),
                other => panic!("{other:?}"),
            })
            .collect();

        assert_eq!(
            roles,
            [
                ("technical-lead".to_owned(), vec![2, 3, 4], Reach::CallList),
                ("dba".to_owned(), vec![2, 3, 4], Reach::Empty),
            ]
        );
    }

    #[test]
    fn people_are_found_by_what_they_lack() {
        let mut well = well();
        let (first, name) = {
            let key = well.role("commander").holders[0].clone();
            let one = well.people.iter_mut().find(|one| one.key == key).unwrap();
            (one.tried, one.failing, one.commands) = (false, true, false);
            (one.id, one.name.clone())
        };
        well.people.iter_mut().for_each(|one| one.owns &= one.key == "ada");

        let role = "Incident Commander".to_owned();
        assert_eq!(
            found(&well.stand()),
            [
                Finding::Failing { person: first, name: name.clone() },
                Finding::Untried(vec![name.clone()]),
                Finding::OneOwner,
                Finding::CannotCommand { person: first, name, role },
            ]
        );
    }

    #[test]
    fn a_plan_is_found_by_what_it_lacks_and_work_by_what_was_given_up() {
        let mut well = well();
        well.role("dba").holders.truncate(1);
        well.plan.document.next_review = "2026-11-03".to_owned();
        let mut stand = well.stand();
        let silent = ["db1".to_owned()];
        (stand.warnings, stand.dead_jobs, stand.silent_sites) = (2, 1, &silent);

        assert_eq!(
            found(&stand),
            [
                Finding::SilentSites(silent.into()),
                Finding::NoAlternate(vec!["Database Administrator".to_owned()]),
                Finding::ReviewOverdue(11),
                Finding::Warnings(2),
                Finding::DeadJobs(1),
            ]
        );
    }
}
