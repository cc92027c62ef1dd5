//! Log lines: one event, one line, on standard error, as text or as JSON. In tests a [`Collector`]
//! keeps the lines of level ERROR, so that one nobody expected fails the test it came up in.

use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{EnvFilter, Layer};

/// Why logging could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The filter is none.
    #[error("the log filter can't be read")]
    Filter(#[from] ParseError),
    /// Somebody else has set up logging in this process.
    #[error("logging was already set up")]
    Twice(#[from] TryInitError),
}

/// Sends all events that pass the filter to standard error.
///
/// # Errors
/// The filter can't be read, or logging was set up before.
pub fn start(filter: &str, json: bool) -> Result<(), StartError> {
    let filter = EnvFilter::try_new(filter)?;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(|| OneLine(io::stderr()))
        .with_ansi(!json && io::stderr().is_terminal());
    let registry = tracing_subscriber::registry().with(filter);
    if json {
        registry.with(lines.json().flatten_event(true)).try_init()?;
    } else {
        registry.with(lines).try_init()?;
    }
    Ok(())
}

/// Keeps an event on its line: a line break inside it, which a stranger may have typed, is
/// written as two characters, so that nobody can forge a line of the log.
struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.replace('\r', "\\r").replace('\n', "\\n");
        self.0.write_all(format!("{line}\n").as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// One event of level ERROR.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ErrorLine {
    /// The thread it came up on; tests bear its name.
    thread: Option<String>,
    text: String,
}

/// Keeps ERROR lines for tests. Clones share what they keep.
///
/// A process has one subscriber and many tests, each on a thread named after it, whose runtime
/// stays on that thread. So a line belongs to the test whose thread it came up on; a line from a
/// thread of a pool belongs to whichever test asks first.
#[derive(Debug, Clone, Default)]
pub struct Collector(Arc<Mutex<Vec<ErrorLine>>>);

impl Collector {
    /// Becomes this process's subscriber, and prints what is at least INFO for the test runner.
    ///
    /// # Errors
    /// Logging was set up before.
    pub fn install(&self) -> Result<(), StartError> {
        let lines = tracing_subscriber::fmt::layer().with_test_writer().with_ansi(false);
        let info = EnvFilter::try_new("info")?;
        tracing_subscriber::registry()
            .with(self.clone())
            .with(lines.with_filter(info))
            .try_init()?;
        Ok(())
    }

    /// Takes the lines of the asking test (see above) and gives those that contain none of the
    /// expected texts: message first, then `field=value` each.
    #[must_use]
    pub fn unlisted(&self, expected: &[&str]) -> Vec<String> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let here = thread::current();
        let ours = |line: &mut ErrorLine| match line.thread.as_deref() {
            None => true,
            Some(name) => Some(name) == here.name() || name.starts_with("tokio-"),
        };
        let taken = lines.extract_if(.., ours).map(|line| line.text);
        taken.filter(|text| !expected.iter().any(|wanted| text.contains(wanted))).collect()
    }
}

impl<S: Subscriber> Layer<S> for Collector {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() != Level::ERROR {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let thread = thread::current().name().map(str::to_owned);
        let line = ErrorLine { thread, text: fields.message + &fields.others };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

#[derive(Default)]
struct Fields {
    message: String,
    others: String,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let written = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.others, " {name}={value:?}"),
        };
        debug_assert!(written.is_ok(), "writing to a String can't fail");
    }
}

#[cfg(test)]
mod tests {
    use tracing::{error, warn};

    use super::*;

    #[test]
    fn an_error_nobody_listed_is_given_back_with_its_fields() {
        let collector = Collector::default();
        let subscriber = tracing_subscriber::registry().with(collector.clone());
        tracing::subscriber::with_default(subscriber, || {
            error!(job.id = 7, "the mail server hung");
            error!("page 3 was refused");
            warn!("only a warning");
        });

        assert_eq!(collector.unlisted(&["was refused"]), ["the mail server hung job.id=7"]);
        assert_eq!(collector.unlisted(&[]), Vec::<String>::new(), "lines are taken once");
    }

    #[test]
    fn a_test_is_not_blamed_for_the_lines_of_another() {
        let collector = Collector::default();
        let other = collector.clone();
        let named = thread::Builder::new().name("another test".to_owned());
        let noted = named.spawn(move || {
            let subscriber = tracing_subscriber::registry().with(other.clone());
            tracing::subscriber::with_default(subscriber, || error!("theirs"));
            other
        });
        let other = noted.unwrap().join().unwrap();

        assert_eq!(collector.unlisted(&[]), Vec::<String>::new());
        assert_eq!(other.0.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_line_break_in_a_value_does_not_begin_a_new_line() {
        let mut written = Vec::new();
        OneLine(&mut written).write_all(b"INFO title=a\nERROR forged\r\n").unwrap();

        assert_eq!(written, b"INFO title=a\\nERROR forged\\r\n");
    }
}
