//! `muster agent points`.

use std::io::{self, Write, stdout};

use serde::Serialize;
use time::OffsetDateTime;

use super::words::{moment, red, span};
use crate::agent::points::{Entry, Overview, look};
use crate::agent::settings::Size;
use crate::agent::{Protected, dump};
use crate::domain::counted::counted;
use crate::domain::recovery::{Dumps, Exposure, Listed};

/// Number of the JSON's form; it grows when what stands there changes its meaning.
const FORMAT: u32 = 1;

pub(in crate::cli) async fn run(protected: &Protected<'_>, json: bool) -> anyhow::Result<bool> {
    let overview = look(protected).await?;
    let dumps = dump::dumps(protected).await?;
    let mut out = stdout();
    if json {
        let text = serde_json::to_string_pretty(&Json::of(protected, &overview, &dumps))?;
        writeln!(out, "{text}")?;
    } else {
        print(protected, &overview, &mut out)?;
        print_dumps(&dumps, &mut out)?;
    }
    let failed = dumps.last_proved().is_some_and(|dump| dump.verified == Some(false));
    Ok(is_well(protected, &overview) && !failed)
}

/// A gap in the newest chain, a proof of it that failed, or nothing to restore from is found wrong. What would be lost
/// now of another host's is not known here, and is no fault.
fn is_well(protected: &Protected<'_>, overview: &Overview) -> bool {
    let failed = |entry: &Entry| entry.proof.is_some_and(|proof| !proof.held);
    let good = |it: &Entry| it.chain.gap.is_none() && !it.point.damaged && !failed(it);
    let known = match overview.exposure {
        Exposure::Everything => false,
        Exposure::Unknown(_) => protected.host.other.is_some(),
        Exposure::Nothing | Exposure::Since { .. } => true,
    };
    overview.points.last().is_some_and(good) && known
}

fn print(protected: &Protected<'_>, overview: &Overview, out: &mut impl Write) -> io::Result<()> {
    let name = protected.name();
    if overview.points.is_empty() {
        let backup = protected.by_hand("backup");
        writeln!(out, "{name} has no recovery point yet; run: {backup}")?;
    }
    for entry in &overview.points {
        print_entry(entry, overview, out)?;
    }
    match &protected.host.other {
        Some(of) => {
            let of = &of.name;
            writeln!(out, "\n{name} runs on “{of}”, where it is known what would be lost now")?;
        }
        None => print_loss(name, overview, out)?,
    }
    let all = &protected.host.settings.repository;
    let others = all.iter().filter(|it| it.name != protected.repository_name);
    let others: Vec<_> = others.map(|it| format!("--repository {}", it.name)).collect();
    if others.is_empty() {
        return Ok(());
    }
    writeln!(out, "This is {} alone; see also: {}", protected.repository_name, others.join(", "))
}

fn print_loss(name: &str, overview: &Overview, out: &mut impl Write) -> io::Result<()> {
    if overview.live.is_none() {
        writeln!(out, "\n{name} does not answer; this is what the repository and its files say")?;
    }
    writeln!(out, "\nLost if it broke now: {}", exposure(overview))
}

fn print_dumps(dumps: &Dumps, out: &mut impl Write) -> io::Result<()> {
    if dumps.count > dumps.newest.len() as u64 {
        writeln!(out, "\n{}, of which the newest:", counted(dumps.count, "logical dump"))?;
    } else if dumps.count > 0 {
        writeln!(out)?;
    }
    for dump in &dumps.newest {
        let databases = dump.databases.map(|many| counted(many, "database")).unwrap_or_default();
        let size = dump.bytes.map(|bytes| format!(", {}", Size(bytes))).unwrap_or_default();
        let at = dump.proved_at.map(moment).unwrap_or_default();
        let proof = match dump.verified {
            None => "not proved".to_owned(),
            Some(true) => format!("verified {at}"),
            Some(false) => red(&format!("PROOF FAILED {at}")),
        };
        writeln!(
            out,
            "{}  {}  logical dump  {databases}{size}  {proof}",
            moment(dump.at),
            dump.label
        )?;
    }
    match &dumps.unable {
        Some(why) if dumps.count > 0 => {
            writeln!(out, "{}", red(&format!("No dump can be made: {why}")))
        }
        _ => Ok(()),
    }
}

fn print_entry(entry: &Entry, overview: &Overview, out: &mut impl Write) -> io::Result<()> {
    let point = &entry.point;
    writeln!(
        out,
        "{}  {}  {:<12}  {:>8}, {} stored  timeline {}  {}",
        moment(point.stopped),
        point.label,
        point.kind.name(),
        Size(point.size).to_string(),
        Size(point.stored),
        point.last.timeline,
        verified(entry)
    )?;
    match (entry.chain.opens(point), entry.chain.last) {
        (true, Some(last)) => {
            let until =
                entry.until.map(|at| format!(", last commit {}", moment(at))).unwrap_or_default();
            writeln!(out, "    log unbroken until {}{until}", last.name(overview.size))?;
        }
        _ => writeln!(out, "    {}", red("CAN'T BE OPENED: its own log is not in the repository"))?,
    }
    if let Some(gap) = entry.chain.gap {
        let first = gap.first.name(overview.size);
        let words = format!(
            "GAP: {} of the log missing from {first} on; {} behind it are of no use to this point",
            counted(gap.missing, "segment"),
            counted(gap.behind, "segment")
        );
        writeln!(out, "    {}", red(&words))?;
    }
    if point.damaged {
        writeln!(out, "    {}", red("BROKEN PAGES were found while it was copied"))?;
    }
    Ok(())
}

fn verified(entry: &Entry) -> String {
    match &entry.proof {
        None => "not proved".to_owned(),
        Some(proof) if proof.held => format!("verified {} until {}", moment(proof.at), proof.until),
        Some(proof) => red(&format!("PROOF FAILED {}", moment(proof.at))),
    }
}

fn exposure(overview: &Overview) -> String {
    match &overview.exposure {
        Exposure::Nothing => "nothing (idle: every commit is in the repository)".to_owned(),
        Exposure::Since { oldest, exact } => {
            let about = if *exact { "" } else { "at most " };
            let since = moment(*oldest);
            format!("{about}{}, what was committed since {since}", span(*oldest, overview.at))
        }
        Exposure::Everything => red("EVERYTHING: no recovery point opens"),
        Exposure::Unknown(why) => red(&format!("UNKNOWN: {why}")),
    }
}

#[derive(Serialize)]
struct Json<'a> {
    format: u32,
    database: &'a str,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    timeline: u32,
    running: bool,
    exposure: JsonExposure,
    points: Vec<Listed>,
    dumps: &'a Dumps,
}

#[derive(Serialize)]
struct JsonExposure {
    /// `nothing`, `since`, `everything` or `unknown`.
    state: &'static str,
    seconds: Option<i64>,
    exact: Option<bool>,
}

impl<'a> Json<'a> {
    fn of(protected: &'a Protected<'_>, overview: &'a Overview, dumps: &'a Dumps) -> Json<'a> {
        let state = |state, seconds, exact| JsonExposure { state, seconds, exact };
        Json {
            format: FORMAT,
            database: protected.name(),
            at: overview.at,
            timeline: overview.timeline,
            running: overview.live.is_some(),
            exposure: match &overview.exposure {
                Exposure::Nothing => state("nothing", Some(0), Some(true)),
                Exposure::Since { oldest, exact } => state(
                    "since",
                    Some((overview.at - *oldest).whole_seconds().max(0)),
                    Some(*exact),
                ),
                Exposure::Everything => state("everything", None, None),
                Exposure::Unknown(_) => state("unknown", None, None),
            },
            points: overview.listed(),
            dumps,
        }
    }
}
