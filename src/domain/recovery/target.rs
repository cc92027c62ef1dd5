//! Until where a database is brought back.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

use super::wal::Lsn;

/// What a person asks for; where that lies in the log is found there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "to", content = "at")]
pub enum Wanted {
    /// All that there is.
    Latest,
    /// All that was committed up to a moment.
    Time(#[serde(with = "time::serde::rfc3339")] OffsetDateTime),
    /// The log up to the record that begins here, with it.
    Lsn(Lsn),
    /// All that was committed before a transaction, and nothing of it.
    Before(Xid),
    /// Up to a restore point that somebody named (`pg_create_restore_point`).
    Named(String),
}

/// A transaction's number as the log has it: without the epoch that `pg_current_xact_id()` puts before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Xid(pub u32);

/// A moment that can't be taken as one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is no moment with its zone; write it as 2026-11-28 03:01:12 UTC or 2026-11-28T04:01:12+01:00"
)]
pub struct NotAMoment(String);

/// Reads a moment as Muster prints it, as RFC 3339 has it, or as Postgres does. One without a zone is refused: the
/// engine would read it in another than the server.
///
/// # Errors
/// What it should look like.
pub fn moment(text: &str) -> Result<OffsetDateTime, NotAMoment> {
    let wrong = || NotAMoment(text.to_owned());
    let in_utc = text.strip_suffix(" UTC").map(|rest| format!("{rest}+00"));
    let text = in_utc.as_deref().unwrap_or(text).trim();
    if let Ok(at) = OffsetDateTime::parse(text, &Rfc3339) {
        return Ok(at);
    }
    let sign = text.get(10..).and_then(|time| time.find(['+', '-'])).ok_or_else(wrong)? + 10;
    let (civil, zone) = text.split_at(sign);
    let form = format_description!(
        version = 2,
        "[year]-[month]-[day][first [ ] [T]][hour]:[minute]:[second][optional [.[subsecond]]]"
    );
    let civil = PrimitiveDateTime::parse(civil.trim(), form).map_err(|_| wrong())?;
    let form = format_description!(
        version = 2,
        "[offset_hour sign:mandatory][optional [[optional [:]][offset_minute]]]"
    );
    let zone = UtcOffset::parse(zone, form).map_err(|_| wrong())?;
    Ok(civil.assume_offset(zone))
}

/// A moment in UTC to the microsecond, as commits are told apart by; [`moment`] reads it back.
#[must_use]
pub fn said(at: OffsetDateTime) -> String {
    let form = format_description!(
        "[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:6] UTC"
    );
    let text = at.to_offset(UtcOffset::UTC).format(form);
    text.unwrap_or_else(|_| at.to_string())
}

impl FromStr for Xid {
    type Err = std::num::ParseIntError;

    /// Takes also what `pg_current_xact_id()` answers, which counts on where the log begins anew.
    fn from_str(text: &str) -> Result<Xid, Self::Err> {
        let number: u64 = text.parse()?;
        Ok(Xid((number & u64::from(u32::MAX)) as u32))
    }
}

impl fmt::Display for Xid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wanted::Latest => f.write_str("the end of the log"),
            Wanted::Time(at) => f.write_str(&said(*at)),
            Wanted::Lsn(lsn) => write!(f, "position {lsn}"),
            Wanted::Before(xid) => write!(f, "before transaction {xid}"),
            Wanted::Named(name) => write!(f, "restore point “{name}”"),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_moment_is_read_however_it_was_printed_and_never_without_its_zone() {
        let at = datetime!(2026-11-28 03:01:12 UTC);
        for text in [
            "2026-11-28 03:01:12 UTC",
            "2026-11-28T03:01:12Z",
            "2026-11-28 03:01:12+00",
            "2026-11-28 04:01:12+01:00",
            "2026-11-27T22:31:12-0430",
        ] {
            assert_eq!(moment(text), Ok(at), "{text}");
        }
        let exact = datetime!(2026-11-28 03:01:12.957_419 UTC);
        assert_eq!(moment("2026-11-28 03:01:12.957419+00"), Ok(exact));
        assert_eq!(moment(&said(exact)), Ok(exact));
        for wrong in
            ["", "03:01", "2026-11-28 03:01:12", "2026-11-28", "now", "2026-11-28 03:01:12 CET"]
        {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_transaction_is_known_by_what_the_log_calls_it() {
        assert_eq!("4042".parse(), Ok(Xid(4042)));
        assert_eq!("4294967298".parse(), Ok(Xid(2)), "after the first 2^32");
        assert!("-1".parse::<Xid>().is_err());
    }
}
