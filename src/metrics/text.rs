//! Prometheus' text form: families of samples, each with what it is.

use std::fmt::{Display, Write as _};

/// A page of metrics.
#[derive(Debug, Default)]
pub(super) struct Text(String);

/// What sort a family is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// It goes up and down.
    Gauge,
    /// It only grows, until Muster starts anew.
    Counter,
}

impl Text {
    /// Begins a family; its samples follow.
    pub(super) fn family(&mut self, name: &str, sort: Sort, help: &str) {
        let sort = if sort == Sort::Gauge { "gauge" } else { "counter" };
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {sort}"));
    }

    /// One sample of it.
    pub(super) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> =
            labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
        match labels.as_slice() {
            [] => self.line(format_args!("{name} {value}")),
            some => self.line(format_args!("{name}{{{}}} {value}", some.join(","))),
        }
    }

    /// A family of one sample without labels.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, Sort::Gauge, help);
        self.sample(name, &[], value);
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }

    fn line(&mut self, line: impl Display) {
        let written = writeln!(self.0, "{line}");
        debug_assert!(written.is_ok(), "writing to a String can't fail");
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_written_as_prometheus_reads_them() {
        let mut text = Text::default();
        text.gauge("muster_up", "Whether.", 1);
        text.family("muster_mails_total", Sort::Counter, "Mails.");
        text.sample("muster_mails_total", &[("outcome", "a\"b\\c\nd"), ("kind", "page")], 7);

        assert_eq!(
            text.into_string(),
            "# HELP muster_up Whether.\n# TYPE muster_up gauge\nmuster_up 1\n\
             # HELP muster_mails_total Mails.\n# TYPE muster_mails_total counter\n\
             muster_mails_total{outcome=\"a\\\"b\\\\c\\nd\",kind=\"page\"} 7\n"
        );
    }
}
