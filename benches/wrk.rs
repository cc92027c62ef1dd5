//! wrk, the load.

use std::process::Command;

/// What wrk measured.
pub(crate) struct Load {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Median latency in milliseconds.
    pub(crate) median: f64,
    /// 99 % had an answer within so many milliseconds.
    pub(crate) p99: f64,
}

/// Asks for an address over so many connections for some seconds, on one core where that is said.
pub(crate) fn load(
    url: &str,
    connections: u32,
    seconds: u32,
    (core, headers): (Option<u32>, &[String]),
) -> Load {
    let mut command = match core {
        Some(core) => {
            let mut command = Command::new("taskset");
            command.args(["-c", &core.to_string(), "wrk"]);
            command
        }
        None => Command::new("wrk"),
    };
    command.args(["-t1", "--latency", &format!("-c{connections}"), &format!("-d{seconds}s")]);
    for header in headers {
        command.args(["-H", header]);
    }
    let done = command.arg(url).output().expect("wrk is missing; make bench installs it");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}");
    assert!(!said.contains("Non-2xx") && !said.contains("Socket errors"), "{url}: {said}");
    let latencies = said.split_once("Latency Distribution").map_or("", |(_, rest)| rest);
    let after = |label: &str| {
        let rest = latencies.split_once(label).unwrap_or_else(|| panic!("no {label} in {said}")).1;
        rest.split_whitespace().next().unwrap().to_owned()
    };
    Load {
        rate: after("Requests/sec:").parse().unwrap(),
        median: milliseconds(&after("50%")),
        p99: milliseconds(&after("99%")),
    }
}

/// `4.16ms`, `916.00us`, `1.02s`.
fn milliseconds(words: &str) -> f64 {
    let unit = words.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == '.');
    let number: f64 = words.trim_end_matches(unit).parse().unwrap();
    number
        * match unit {
            "us" => 0.001,
            "ms" => 1.0,
            "s" => 1000.0,
            _ => panic!("wrk said {words}"),
        }
}
