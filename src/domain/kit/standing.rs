//! How a kit stands: whether there is one, whether it has what is in use, where its sheet lies, and whether
//! somebody showed lately that its words still open it.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::domain::cut::cut;

/// So long a proof counts.
pub const PROVED_FOR: Duration = Duration::days(92);
/// So long after it was due, a proof is missed.
pub const GRACE: Duration = Duration::days(14);
/// A moment that lies so far ahead was told by a clock that was wrong.
const AHEAD: Duration = Duration::DAY;
/// Letters that are kept of one text, and texts of one sort.
const LONGEST: usize = 400;
const MOST: usize = 20;

/// What its host says of a kit. There is no secret in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// Whether there is a key yet, that a kit would keep.
    #[serde(default)]
    pub wanted: bool,
    /// The one that was made last.
    #[serde(default)]
    pub made: Option<Made>,
    /// What is in use, and not as it lies in that one.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// What makes one, typed on the host.
    #[serde(default)]
    pub command: String,
}

/// A kit that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Its number.
    pub number: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// When its words were last typed in, and opened every sealed copy.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub proved: Option<OffsetDateTime>,
    /// Where its sealed copies lie.
    #[serde(default)]
    pub copies: Vec<String>,
}

/// Where a sheet lies, as somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// In their words.
    pub words: String,
    /// Who.
    pub said_by: String,
    /// When.
    pub said_at: OffsetDateTime,
}

/// What is to be said of it now, the worst alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// The agent does not say.
    Unsaid,
    /// There is no key yet.
    NothingToKeep,
    /// There is none.
    Missing,
    /// These are in use, and not in it.
    Lacking(Vec<String>),
    /// Nobody said where its sheet lies.
    Unplaced,
    /// A proof was due, and long ago.
    Overdue(OffsetDateTime),
    /// A proof is due.
    Due(OffsetDateTime),
    /// All is well until then.
    Good(OffsetDateTime),
}

impl Stand {
    /// Of what is known.
    #[must_use]
    pub fn of(standing: Option<&Standing>, place: Option<&Place>, now: OffsetDateTime) -> Stand {
        let Some(standing) = standing else { return Stand::Unsaid };
        let Some(made) = &standing.made else {
            return if standing.wanted { Stand::Missing } else { Stand::NothingToKeep };
        };
        if !standing.lacks.is_empty() {
            return Stand::Lacking(standing.lacks.clone());
        }
        if place.is_none() {
            return Stand::Unplaced;
        }
        match made.due(now) {
            due if now < due => Stand::Good(due),
            due if now < due + GRACE => Stand::Due(due),
            due => Stand::Overdue(due),
        }
    }

    /// Whether somebody must act: with nothing else left, the backups might not open.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        match self {
            Stand::Missing | Stand::Lacking(_) | Stand::Unplaced | Stand::Overdue(_) => true,
            Stand::Unsaid | Stand::NothingToKeep | Stand::Due(_) | Stand::Good(_) => false,
        }
    }
}

impl Made {
    /// When its next proof is due: at once, where the last one lies in the future.
    #[must_use]
    pub fn due(&self, now: OffsetDateTime) -> OffsetDateTime {
        let last = self.proved.map_or(self.at, |proved| proved.max(self.at));
        if last > now + AHEAD { now } else { last + PROVED_FOR }
    }
}

impl Standing {
    /// The same within bounds, so that an agent can fill neither database nor page.
    pub fn bound(&mut self) {
        self.lacks.truncate(MOST);
        let mut texts: Vec<&mut String> = self.lacks.iter_mut().collect();
        if let Some(made) = &mut self.made {
            made.copies.truncate(MOST);
            texts.push(&mut made.number);
            texts.extend(&mut made.copies);
        }
        texts.push(&mut self.command);
        texts.into_iter().for_each(|text| cut(text, LONGEST));
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    fn made() -> Standing {
        let made = Made {
            number: "3F2A-91C4".to_owned(),
            at: NOON,
            proved: None,
            copies: vec!["/backup".to_owned()],
        };
        Standing { wanted: true, made: Some(made), ..Standing::default() }
    }

    fn place() -> Place {
        Place { words: "The safe".to_owned(), said_by: "Ada".to_owned(), said_at: NOON }
    }

    #[test]
    fn it_is_red_until_there_is_one_that_has_all_and_somebody_said_where_its_sheet_lies() {
        let stand = |it: &Standing, place: Option<&Place>| Stand::of(Some(it), place, NOON);
        assert_eq!(Stand::of(None, None, NOON), Stand::Unsaid);
        assert_eq!(stand(&Standing::default(), None), Stand::NothingToKeep);
        let wanted = Standing { wanted: true, ..Standing::default() };
        assert_eq!(stand(&wanted, Some(&place())), Stand::Missing);
        let lacks = vec!["disk".to_owned()];
        let lacking = Standing { lacks: lacks.clone(), ..made() };
        assert_eq!(stand(&lacking, Some(&place())), Stand::Lacking(lacks));
        assert_eq!(stand(&made(), None), Stand::Unplaced);
        assert!(stand(&made(), None).is_bad() && stand(&lacking, None).is_bad());
        assert_eq!(stand(&made(), Some(&place())), Stand::Good(NOON + PROVED_FOR));
    }

    #[test]
    fn each_quarter_it_is_to_be_proved_and_two_weeks_later_that_is_red() {
        let at = |standing: &Standing, days| {
            Stand::of(Some(standing), Some(&place()), NOON + Duration::days(days))
        };
        let due = NOON + Duration::days(92);
        assert_eq!(at(&made(), 91), Stand::Good(due));
        assert_eq!(at(&made(), 92), Stand::Due(due));
        assert_eq!(at(&made(), 105), Stand::Due(due));
        assert_eq!(at(&made(), 106), Stand::Overdue(due));
        assert!(at(&made(), 106).is_bad() && !at(&made(), 105).is_bad());

        let mut proved = made();
        proved.made.as_mut().unwrap().proved = Some(NOON + Duration::days(100));
        assert_eq!(at(&proved, 106), Stand::Good(NOON + Duration::days(192)));
        assert_eq!(at(&proved, 98), Stand::Due(NOON + Duration::days(98)), "a clock was wrong");
    }

    #[test]
    fn a_talkative_agent_is_cut_short() {
        let mut long = made();
        long.lacks = vec!["x".repeat(900); 90];
        long.command = "\0y".repeat(900);

        long.bound();

        assert_eq!((long.lacks.len(), long.lacks[0].len()), (MOST, LONGEST));
        assert_eq!(long.command, "y".repeat(LONGEST));
    }
}
