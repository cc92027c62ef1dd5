//! How an agent's news, times and spans are worded on a terminal.

use std::io::{IsTerminal as _, Write as _, stdout};
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;
use time::macros::format_description;

use crate::agent::news::News;
use crate::agent::settings::Size;
use crate::domain::span::Span;

/// Steps of a copy that are told, in per cent: not every file.
const TELL_EVERY: f64 = 10.0;

/// Prints news; the copy's progress in place on a terminal, else a line now and then.
pub(in crate::cli) struct Printer {
    terminal: bool,
    copy: Mutex<Copied>,
}

/// How far a copy is.
#[derive(Default)]
struct Copied {
    told: f64,
    bytes: u64,
}

impl Printer {
    pub(in crate::cli) fn new() -> Printer {
        Printer { terminal: stdout().is_terminal(), copy: Mutex::default() }
    }

    pub(in crate::cli) fn print(&self, news: News) {
        match news {
            News::Begun(what) => {
                *self.copy() = Copied::default();
                println!("… {what}");
            }
            News::Copied(progress) => self.copied(progress.percent, progress.bytes),
            News::Ended(step) => {
                let took = (step.end - step.start).as_seconds_f64();
                let mark = if step.done { "ok  " } else { "FAIL" };
                println!("{mark}  {} ({took:.1} s): {}", step.name, step.outcome);
            }
            News::Checked(check) if check.skipped => {
                println!("skip  {}: {}", check.name, check.found);
            }
            News::Checked(check) if check.good => println!("ok    {}: {}", check.name, check.found),
            News::Checked(check) => {
                println!("BAD   {}: {} (wanted: {})", check.name, check.found, check.expected);
            }
        }
    }

    fn copy(&self) -> MutexGuard<'_, Copied> {
        self.copy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn copied(&self, percent: f64, bytes: u64) {
        let mut copy = self.copy();
        copy.bytes += bytes;
        let line = format!("  {percent:.0} %, {}", Size(copy.bytes));
        let told = copy.told;
        let ends = percent >= 100.0 && told < 100.0; // empty files follow, at 100 each
        if self.terminal && (ends || percent < 100.0) {
            print!("\r{line}   {}", if ends { "\n" } else { "" });
            let _ = stdout().flush(); // the next line does it at the latest
        } else if !self.terminal && (ends || percent >= told + TELL_EVERY) {
            println!("{line}");
        } else {
            return;
        }
        copy.told = percent;
    }
}

/// `2026-11-27 07:19:23 UTC`.
pub(in crate::cli) fn moment(at: OffsetDateTime) -> String {
    let form = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    at.format(form).unwrap_or_else(|_| at.to_string())
}

/// `2 min 5 s`.
pub(in crate::cli) fn span(from: OffsetDateTime, to: OffsetDateTime) -> String {
    Span::of(to - from).to_string()
}

/// What can't be restored, in red where there is a terminal to be red on.
pub(in crate::cli) fn red(text: &str) -> String {
    if stdout().is_terminal() { format!("\x1b[31m{text}\x1b[0m") } else { text.to_owned() }
}
