//! What is stored reads back, or is refused in words.

use super::labitory;
use crate::domain::plan::{Unreadable, document_bytes, read};

#[test]
fn a_stored_plan_reads_back_whole() {
    let plan = labitory().plan;

    assert_eq!(read(&document_bytes(&plan)).unwrap(), plan);
}

#[test]
fn a_plan_of_a_later_release_is_refused_by_its_format() {
    let mut plan = labitory().plan;
    plan.format = 7;

    assert!(matches!(read(&document_bytes(&plan)), Err(Unreadable::Format(7))));
}

#[test]
fn damaged_bytes_are_refused() {
    let bytes = document_bytes(&labitory().plan);

    for damaged in [&bytes[..bytes.len() / 2], b"", b"{\"format\": 1}"] {
        assert!(matches!(read(damaged), Err(Unreadable::Damaged(_))));
    }
}
