//! Each metric, by name. What is not known is left out: it never reads 0.

use super::text::{Sort, Text};
use super::{Gauges, Inside};
use crate::actions::vitals::Figures;
use crate::db::Db;

/// All of them.
pub(super) fn write(gauges: &Gauges, figures: Option<&Figures>) -> String {
    let mut text = Text::default();
    text.family("muster_build_info", Sort::Gauge, "Which release this is.");
    text.sample("muster_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    let up = u8::from(figures.is_some());
    text.gauge("muster_database_up", "Whether the database answered this scrape.", up);
    if let Some(age) = gauges.published.age() {
        let help = "Time since this process made the status page anew; it does each 5 min.";
        text.gauge("muster_status_page_age_seconds", help, age.as_secs_f64());
    }
    if let Some(kept) = &gauges.certificate {
        let help = "When the certificate in use ends, as Unix time.";
        let end = kept.validity().until.unix_timestamp();
        text.gauge("muster_certificate_expiry_timestamp_seconds", help, end);
    }
    if let Some(inside) = gauges.inside.get() {
        process(&mut text, inside);
    }
    if let Some(figures) = figures {
        database(&mut text, figures);
    }
    text.into_string()
}

fn process(text: &mut Text, inside: &Inside) {
    let ways = [("web", &inside.db), ("worker", &inside.worker_db)];
    let name = "muster_breaker_open";
    text.family(name, Sort::Gauge, "Whether calls are answered at once that it is away.");
    for (way, db) in ways {
        text.sample(name, &[("pool", way)], u8::from(!db.is_well()));
    }
    connections(text, ways);
    if let Some(age) = inside.worker.age() {
        let help = "Time since the worker last looked for work; it does each second.";
        text.gauge("muster_worker_turn_age_seconds", help, age.as_secs_f64());
    }
    if let Some(age) = inside.heard.as_ref().and_then(|heard| heard.age()) {
        let help = "Time since the outside watch last heard us; absent before the first time.";
        text.gauge("muster_heartbeat_age_seconds", help, age.as_secs_f64());
    }
    let name = "muster_mails_total";
    text.family(name, Sort::Counter, "Attempts to hand a mail over, by how they ended.");
    for (outcome, count) in inside.mails.counts() {
        text.sample(name, &[("outcome", outcome)], count);
    }
}

fn connections(text: &mut Text, ways: [(&str, &Db); 2]) {
    let name = "muster_pool_connections";
    text.family(name, Sort::Gauge, "Connections to the database.");
    for (way, pool) in ways.iter().filter_map(|(way, db)| Some((*way, db.pool()?))) {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        let used = pool.size().saturating_sub(idle);
        text.sample(name, &[("pool", way), ("state", "idle")], idle);
        text.sample(name, &[("pool", way), ("state", "in_use")], used);
    }
}

fn database(text: &mut Text, figures: &Figures) {
    let name = "muster_jobs";
    text.family(name, Sort::Gauge, "Work that is not done, by kind and state.");
    for depth in &figures.depths {
        text.sample(name, &[("kind", &depth.kind), ("state", &depth.state)], depth.count);
    }
    let waits = figures.waits.map_or(0.0, time::Duration::as_seconds_f64);
    let help = "For how long the job that is due first has waited; 0 where none waits.";
    text.gauge("muster_oldest_ready_job_age_seconds", help, waits);
    let help = "Pages of open incidents that nobody has answered yet.";
    text.gauge("muster_pages_unanswered", help, figures.unanswered);
    let name = "muster_open_incidents";
    text.family(name, Sort::Gauge, "Open incidents, by kind and level.");
    for kind in ["real", "drill"] {
        for level in 1..=4 {
            let here = |open: &&(String, i16, i64)| open.0 == kind && open.1 == level;
            let count = figures.open.iter().find(here).map_or(0, |open| open.2);
            text.sample(name, &[("kind", kind), ("level", &level.to_string())], count);
        }
    }
}
