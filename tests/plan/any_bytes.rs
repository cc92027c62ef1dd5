//! Whatever is given as a plan is answered, and never breaks the reader.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

use super::LABITORY;
use crate::domain::plan::{difference, export, parse};

/// Things that a text may hold in a place where they do not belong.
const INTRUDERS: [&str; 14] = [
    "[]",
    "{}",
    "-1",
    "4294967296",
    "nan",
    "1e999",
    "true",
    "\"\"",
    "[[]]",
    "1979-05-27",
    "\"\\u0000\"",
    "[{ key = 1 }]",
    "'''\n'''",
    "99999999999999999999",
];

/// What is taken can be written and read again.
fn answers(text: &str) {
    if let Ok((file, _)) = parse(text) {
        let (back, _) = parse(&export(&file)).unwrap();
        assert_eq!(back, file);
        assert!(difference(Some(&file), &back).is_empty());
    }
}

#[test]
fn depth_without_end_is_answered() {
    for text in [
        format!("a={}", "[".repeat(100_000)),
        format!("a={}", "{a=".repeat(100_000)),
        format!("a{}=1", ".a".repeat(200_000)),
        format!("[document{}]\nb=1", ".a".repeat(200_000)),
        format!("[[runbook]]\n{}", "[[runbook.step]]\n".repeat(20_000)),
    ] {
        answers(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        rng_seed: RngSeed::Fixed(27),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        answers(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_plan_with_any_bytes_in_it_is_answered(
        hits in prop::collection::vec((any::<Index>(), any::<u8>(), 0..3_usize), 1..6),
    ) {
        let mut bytes = LABITORY.as_bytes().to_vec();
        for (index, byte, gone) in hits {
            let at = index.index(bytes.len());
            let until = (at + gone).min(bytes.len());
            bytes.splice(at..until, [byte]);
        }
        answers(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_plan_with_any_value_in_any_place_is_answered(
        hits in prop::collection::vec((any::<Index>(), any::<Index>()), 1..4),
    ) {
        let mut lines: Vec<String> = LABITORY.lines().map(str::to_owned).collect();
        for (index, intruder) in hits {
            let at = index.index(lines.len());
            let value = INTRUDERS[intruder.index(INTRUDERS.len())];
            if let Some((key, _)) = lines[at].split_once(" = ") {
                lines[at] = format!("{key} = {value}");
            }
        }
        answers(&lines.join("\n"));
    }
}
