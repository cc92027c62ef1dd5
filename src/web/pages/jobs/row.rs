//! One job in words: what it is, how it stands, and what may be pressed.

use time::OffsetDateTime;

use crate::actions::jobs::Seen;
use crate::domain::civil;
use crate::domain::redacted::redacted;
use crate::queue::Listed;
use crate::store::sends::Subject;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::state::State;
use crate::web::parts::words::Words;

/// One line of the page.
pub(super) struct Row {
    pub(super) what: Words,
    pub(super) stands: State,
    pub(super) tried: String,
    pub(super) error: Option<String>,
    pub(super) acts: Vec<Act>,
}

impl Row {
    pub(super) fn dead(seen: &Seen, frame: &Frame) -> Row {
        let at = seen.job.finished_at.unwrap_or(seen.job.run_at);
        let stands = State::bad(format!("given up {}", when(at, frame)));
        let acts = [retry(&seen.job, "Try again", frame), cancel(&seen.job, "Put away", frame)];
        Row::of(seen, stands, acts.into())
    }

    pub(super) fn running(seen: &Seen, frame: &Frame) -> Row {
        let since = when(seen.job.created_at, frame);
        let stands = State::waiting(format!("running, put here {since}"));
        Row::of(seen, stands, Vec::new())
    }

    pub(super) fn waiting(seen: &Seen, frame: &Frame) -> Row {
        let job = &seen.job;
        let late = frame.now - job.run_at;
        if late.is_negative() {
            let stands = State::waiting(format!("runs {}", when(job.run_at, frame)));
            let acts = [retry(job, "Run now", frame), cancel(job, "Cancel", frame)];
            return Row::of(seen, stands, acts.into());
        }
        let words = format!("due since {}", civil::span(late));
        let stands = match late.whole_minutes() {
            0 => State::waiting(words),
            _ => State::warn(words),
        };
        Row::of(seen, stands, vec![cancel(job, "Cancel", frame)])
    }

    fn of(seen: &Seen, stands: State, acts: Vec<Act>) -> Row {
        let tried = match seen.job.attempt {
            0 => "not tried yet".to_owned(),
            1 => "tried once".to_owned(),
            2 => "tried twice".to_owned(),
            many => format!("tried {many} times"),
        };
        let error = seen.job.last_error.as_deref().map(redacted);
        Row { what: what(seen), stands, tried, error, acts }
    }
}

fn what(seen: &Seen) -> Words {
    let Some(Subject { kind, incident, title, person, .. }) = &seen.subject else {
        return Words::new().plain("Work of the kind ").mono(&seen.job.kind);
    };
    let kind = match kind.as_str() {
        "page" => "Page",
        "notice" => "Notice",
        "alarm" => "Alarm",
        _ => "Message",
    };
    let to = person.as_deref().unwrap_or("somebody");
    let words = Words::new().plain(format!("{kind} to ")).bold(to);
    match (incident, title) {
        (Some(id), Some(title)) => words.plain(", ").link(links::messages(*id), title),
        _ => words,
    }
}

/// `03:12 CET, 14 min ago`.
fn when(at: OffsetDateTime, frame: &Frame) -> String {
    format!("{}, {}", frame.zone.when(at, frame.now), civil::ago(at, frame.now))
}

fn retry(job: &Listed, words: &str, frame: &Frame) -> Act {
    let form = format!("retry-{}", job.id);
    let act = Act::post(form, words, links::job_retry(job.id), &frame.page.csrf);
    act.with("attempt", job.attempt.to_string())
}

fn cancel(job: &Listed, words: &str, frame: &Frame) -> Act {
    let form = format!("cancel-{}", job.id);
    let act = Act::post(form, words, links::job_cancellation(job.id), &frame.page.csrf);
    act.with("attempt", job.attempt.to_string()).look(Look::Danger)
}
