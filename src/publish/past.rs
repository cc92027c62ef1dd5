//! How a part did, day by day, in bars and in words. What was before it was known is unknown.

use askama::Template;
use askama::filters::HtmlSafe;
use time::{Duration, OffsetDateTime};

use super::view::{Component, State};
use crate::domain::civil::{self, Zone};

type Stretch = (OffsetDateTime, OffsetDateTime);

/// How a part did between two midnights.
#[derive(Debug)]
pub(super) struct Past {
    days: Vec<Day>,
    pub(super) known: Duration,
    pub(super) down: Duration,
    pub(super) slow: Duration,
    pub(super) outages: usize,
}

/// One day of it; without a state nothing is known of it.
#[derive(Debug)]
struct Day {
    begins: OffsetDateTime,
    state: Option<State>,
    down: Duration,
    slow: Duration,
}

/// A picture of days, the worse the taller.
#[derive(Debug, Template)]
#[template(path = "status/_days.html")]
pub(super) struct Bars {
    width: usize,
    label: String,
    runs: Vec<Run>,
}

impl HtmlSafe for Bars {}

/// Days in a row that look alike; what was not well stands alone, with its words.
#[derive(Debug)]
struct Run {
    class: &'static str,
    path: String,
    words: Option<String>,
}

impl Past {
    /// `starts` is where each day begins, and last where the day after them does.
    pub(super) fn of(part: &Component, starts: &[OffsetDateTime], now: OffsetDateTime) -> Past {
        let (down, bad) = (at_least(State::Down, part, now), at_least(State::Slow, part, now));
        let days = starts.windows(2).map(|two| {
            let down = within(&down, two[0], two[1]);
            let slow = within(&bad, two[0], two[1]) - down;
            let is_known = part.known_since <= two[0] || part.known_since < two[1].min(now);
            let state = (is_known && two[0] <= now).then(|| worst(down, slow));
            Day { begins: two[0], state, down, slow }
        });
        let days: Vec<Day> = days.collect();
        let begins = starts.first().copied().unwrap_or(now);
        let ends = starts.last().copied().unwrap_or(now);
        Past {
            known: (ends.min(now) - begins.max(part.known_since)).max(Duration::ZERO),
            down: days.iter().map(|day| day.down).sum(),
            slow: days.iter().map(|day| day.slow).sum(),
            outages: down.iter().filter(|(from, until)| *from < ends && *until > begins).count(),
            days,
        }
    }

    /// `99.62 % available in 90 days: 2 outages, 8 h 12 min in all`.
    pub(super) fn words(&self) -> String {
        let Some(share) = self.share() else { return "nothing is known of it yet".to_owned() };
        let outages = match self.outages {
            0 => String::new(),
            1 => format!(": 1 outage, {}", civil::span(self.down)),
            many => format!(": {many} outages, {} in all", civil::span(self.down)),
        };
        let slow = match self.slow.is_zero() {
            true => String::new(),
            false => format!("; slow for {}", civil::span(self.slow)),
        };
        let (length, before) = self.length();
        format!("{share} available in {length}{outages}{slow}{before}")
    }

    /// How much of what is known it was available, cut and never rounded up.
    pub(super) fn share(&self) -> Option<String> {
        let (known, down) = (self.known.whole_seconds(), self.down.whole_seconds());
        if known <= 0 {
            return None;
        }
        Some(match (known - down) * 10_000 / known {
            _ if self.down.is_zero() => "100 %".to_owned(),
            share => format!("{}.{:02} %", share.min(9_999) / 100, share.min(9_999) % 100),
        })
    }

    /// Of how much it speaks, and what it says of the rest.
    fn length(&self) -> (String, &'static str) {
        let unknown = self.days.first().is_some_and(|day| day.state.is_none());
        let days = if unknown {
            self.known.whole_days()
        } else {
            i64::try_from(self.days.len()).unwrap_or_default()
        };
        let length = if days < 2 { civil::span(self.known) } else { format!("{days} days") };
        (length, if unknown { "; unknown before" } else { "" })
    }

    /// The days on which it did not do well, newest first.
    pub(super) fn bad_days(&self, zone: &Zone) -> Vec<String> {
        let bad = self.days.iter().rev().filter(|day| day.is_bad());
        bad.map(|day| day.words(zone)).collect()
    }

    /// The picture; it is named by the words, which stand below it as well.
    pub(super) fn bars(&self, zone: &Zone) -> Bars {
        let alike = |a: &Day, b: &Day| a.state == b.state && !a.is_bad();
        let mut place = 0;
        let mut run = |days: &[Day]| {
            let (x, wide) = (place * 5, days.len() * 5 - 1);
            place += days.len();
            let (class, y) = look(days[0].state);
            let words = days[0].is_bad().then(|| days[0].words(zone));
            Run { class, path: format!("M{x} {y}h{wide}"), words }
        };
        let runs = self.days.chunk_by(alike).map(&mut run).collect();
        Bars { width: (self.days.len() * 5).saturating_sub(1), label: self.words(), runs }
    }
}

impl Day {
    fn is_bad(&self) -> bool {
        self.state.is_some_and(|state| state > State::Working)
    }

    /// `9 Oct: down 1 h 12 min, slow 20 min`.
    fn words(&self, zone: &Zone) -> String {
        let told = [("down", self.down), ("slow", self.slow)];
        let told = told.iter().filter(|(_, length)| !length.is_zero());
        let told: Vec<_> =
            told.map(|(how, length)| format!("{how} {}", civil::span(*length))).collect();
        format!("{}: {}", zone.short_date(self.begins), told.join(", "))
    }
}

/// The class of a day's bar, and the height of its middle in a picture of 32: the worse the taller.
fn look(state: Option<State>) -> (&'static str, u8) {
    match state {
        None => ("none", 30),
        Some(State::Working) => ("up", 26),
        Some(State::Slow) => ("slow", 21),
        Some(State::Down) => ("down", 16),
    }
}

/// When a part did so badly or worse, as far as it is known.
fn at_least(state: State, part: &Component, now: OffsetDateTime) -> Vec<Stretch> {
    let past = part.past.iter().filter(|one| one.state >= state);
    let known = |from: OffsetDateTime| from.max(part.known_since);
    merged(past.map(|one| (known(one.from), one.until.unwrap_or(now).min(now))).collect())
}

/// The worst state of a day.
fn worst(down: Duration, slow: Duration) -> State {
    match (down.is_zero(), slow.is_zero()) {
        (false, _) => State::Down,
        (true, false) => State::Slow,
        (true, true) => State::Working,
    }
}

/// The same time, each moment once, in order.
fn merged(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.retain(|(from, until)| from < until);
    stretches.sort_unstable();
    let mut merged: Vec<Stretch> = Vec::new();
    for (from, until) in stretches {
        match merged.last_mut().filter(|last| from <= last.1) {
            Some(last) => last.1 = last.1.max(until),
            None => merged.push((from, until)),
        }
    }
    merged
}

/// How much of it lies between two instants.
fn within(stretches: &[Stretch], from: OffsetDateTime, until: OffsetDateTime) -> Duration {
    let part =
        |(begins, ends): &Stretch| (until.min(*ends) - from.max(*begins)).max(Duration::ZERO);
    stretches.iter().map(part).sum()
}

#[cfg(test)]
mod tests;
