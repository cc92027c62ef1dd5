//! Both verifiers, ours and the Python one written from the format's text alone, find every way of
//! tampering, name the same entry and say the same words.

mod golden;

use std::path::PathBuf;
use std::process::Command;

use muster::domain::timeline::{SeenHeads, read_heads, verify_export};
use serde::Deserialize;

use golden::{Golden, folder, vectors};

#[derive(Deserialize)]
struct Expectation {
    export: String,
    heads: Option<String>,
    says: String,
}

fn expectations() -> Vec<Expectation> {
    let text = std::fs::read_to_string(folder().join("expectations.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn assert_says(by: &str, expected: &Expectation, said: &str) {
    let Expectation { export, heads, says } = expected;
    let right = match says.strip_suffix('…') {
        Some(start) => said.starts_with(start),
        None => said == says,
    };
    assert!(right, "{by} on {export} with {heads:?}:\n said {said}\n  not {says}");
}

#[test]
fn our_verifier_says_what_the_golden_vectors_expect() {
    for expected in expectations() {
        let export = std::fs::read_to_string(folder().join(&expected.export)).unwrap();
        let seen = expected.heads.as_ref().map_or_else(SeenHeads::new, |heads| {
            read_heads(&std::fs::read_to_string(folder().join(heads)).unwrap()).unwrap()
        });

        let said = match verify_export(&export, &seen) {
            Ok(checked) => checked.to_string(),
            Err(fault) => fault.to_string(),
        };

        assert_says("muster", &expected, &said);
    }
}

#[test]
fn the_second_verifier_says_the_same() {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/verify_chain.py");
    for expected in expectations() {
        let files = [Some(&expected.export), expected.heads.as_ref()];

        let run = Command::new("python3")
            .arg(&script)
            .args(files.into_iter().flatten())
            .current_dir(folder())
            .output()
            .expect("python3 runs");

        let said = String::from_utf8(run.stdout).unwrap();
        assert_says("verify_chain.py", &expected, said.trim_end());
        let code = i32::from(!expected.says.starts_with("whole"));
        assert_eq!(run.status.code(), Some(code), "{}", expected.export);
    }
}

#[test]
fn the_golden_vectors_are_what_this_release_writes() {
    for Golden { name, text } in vectors() {
        let kept = std::fs::read_to_string(folder().join(name)).unwrap();
        assert_eq!(kept, text, "{name}: the format changed without a new number");
    }
}

#[test]
fn every_golden_vector_has_an_expectation() {
    let expected: Vec<_> = expectations().into_iter().map(|e| e.export).collect();
    for Golden { name, .. } in vectors().into_iter().filter(|v| v.name.ends_with(".jsonl")) {
        assert!(expected.contains(&name.to_owned()), "{name}");
    }
}

#[test]
#[ignore = "writes the golden vectors anew, for a new format number"]
fn write_the_golden_vectors() {
    for Golden { name, text } in vectors() {
        std::fs::write(folder().join(name), text).unwrap();
    }
}
