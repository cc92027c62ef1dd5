//! Makes the golden vectors: one chain of eight entries, and the ways of tampering with it.

use std::path::PathBuf;

use muster::domain::id::{DeliveryId, EntryId, PersonId, StreamId};
use muster::domain::timeline::export::{SignedHead, entry_line, head_line};
use muster::domain::timeline::{
    Actor, Body, Content, Draft, Head, Kind, Record, Stream, Task, entry_hash, head_bytes,
};
use ring::signature::{Ed25519KeyPair, KeyPair};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const DECLARED: OffsetDateTime = datetime!(2026-11-14 02:12:00.000001 UTC);
const INCIDENT: u128 = 0x0192_f0c1_0000_7000_8000_0000_0000_0001;
const INSTALLATION: u128 = 0x0192_f0c1_0000_7000_8000_0000_0000_0002;

/// One file under `tests/golden`.
pub(super) struct Golden {
    pub(super) name: &'static str,
    pub(super) text: String,
}

pub(super) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Every file, made anew.
pub(super) fn vectors() -> Vec<Golden> {
    let whole = chain(INCIDENT, &story());
    let end = head(&whole);
    let replaced = |at: usize| {
        let mut records = whole.clone();
        records[at - 1].kind = "decision".to_owned();
        records[at - 1].hash = entry_hash(&records[at - 1].facts());
        records
    };
    let file = |name, text| Golden { name, text };
    vec![
        file("whole.jsonl", export(&whole, end)),
        file("erased.jsonl", export(&edit(&whole, 2, |r| r.content = None), end)),
        file("two-streams.jsonl", export(&whole, end) + &installation()),
        file("entry-edited.jsonl", export(&edit(&whole, 4, forge_actor), end)),
        file("entry-replaced.jsonl", export(&replaced(4), end)),
        file("last-replaced.jsonl", export(&replaced(8), end)),
        file("entry-missing.jsonl", export(&without(&whole, 4), end)),
        file("entry-twice.jsonl", export(&twice(&whole, 4), end)),
        file("entry-moved.jsonl", export(&with_stranger(&whole, 6), end)),
        file("entry-added.jsonl", export(&whole, head(&whole[..7]))),
        file("body-edited.jsonl", export(&edit(&whole, 3, forge_words), end)),
        file("tail-cut.jsonl", export(&whole[..6], end)),
        file("tail-cut-signed.jsonl", export(&whole[..6], head(&whole[..6]))),
        file("rewritten.jsonl", rewritten()),
        file("garbled.jsonl", export(&whole, end).replacen("\"seq\":3", "\"seq\":", 1)),
        file("headless.jsonl", entries(&whole)),
        file("heads.json", heads(&whole, &[2, 5, 6, 8])),
        file("last-head.json", heads(&whole, &[8])),
    ]
}

fn story() -> Vec<(Kind, Actor, Body)> {
    let person = PersonId(Uuid::from_u128(0x11));
    let link = Actor::Link { delivery: DeliveryId(Uuid::from_u128(0x22)), person };
    let by = |kind, body| (kind, Actor::Person(person), body);
    let task = Task { who: "dba".to_owned(), minutes: 15 };
    let told = Body { public: Some("status page".to_owned()), ..Body::words("We are on it.") };
    let corrects = Body { corrects: Some(4), ..Body::words("Not the disk: the network.") };
    vec![
        by(Kind::Declared, Body::words("Declared level 3.").with("level", 3)),
        (Kind::Page, Actor::System, Body::words("Paged 6 people.").with("paged", 6)),
        (Kind::Answer, link, Body::words("“I have it” – Zoë, 東京 🚒")),
        by(Kind::Note, Body::words("The disk is full.\nAgain.")),
        by(Kind::Correction, corrects),
        by(Kind::Task, Body { task: Some(task), ..Body::words("Look at the last backup.") }),
        by(Kind::Public, told),
        (Kind::Alarm, Actor::Agent("db-north".to_owned()), Body::words("Segment missing.")),
    ]
}

fn chain(stream: u128, story: &[(Kind, Actor, Body)]) -> Vec<Record> {
    let mut stream = Stream::new(StreamId(Uuid::from_u128(stream)));
    let mut records = Vec::new();
    for ((kind, actor, body), number) in story.iter().zip(1_u8..) {
        let occurred_at = DECLARED + Duration::seconds(61) * i32::from(number);
        let draft = Draft {
            id: EntryId(Uuid::from_u128(0x1000 + u128::from(number))),
            kind: *kind,
            actor: actor.clone(),
            occurred_at,
            content: Content::new([number; 16], body),
        };
        let entry = stream.next_entry(&draft, occurred_at + Duration::milliseconds(1_500));
        stream = entry.stream_after();
        records.push(entry.record(Some(draft.content)));
    }
    records
}

fn head(records: &[Record]) -> Head {
    records.last().map_or(Head::START, |last| Head { seq: last.seq, hash: last.hash })
}

fn edit(records: &[Record], seq: usize, change: impl Fn(&mut Record)) -> Vec<Record> {
    let mut records = records.to_vec();
    change(&mut records[seq - 1]);
    records
}

fn forge_actor(record: &mut Record) {
    record.actor = "system".to_owned();
}

fn forge_words(record: &mut Record) {
    let content = record.content.as_mut().unwrap();
    content.text = content.text.replace("I have it", "I have no time");
}

fn without(records: &[Record], seq: i64) -> Vec<Record> {
    records.iter().filter(|record| record.seq != seq).cloned().collect()
}

fn twice(records: &[Record], seq: usize) -> Vec<Record> {
    let mut records = records.to_vec();
    records.insert(seq, records[seq - 1].clone());
    records
}

fn with_stranger(records: &[Record], seq: usize) -> Vec<Record> {
    let mut records = records.to_vec();
    records[seq - 1] = chain(INSTALLATION, &story())[seq - 1].clone();
    records
}

fn installation() -> String {
    let records = chain(INSTALLATION, &story()[..2]);
    export(&records, head(&records))
}

/// Everything after entry 5 told otherwise, with right hashes and a signed head.
fn rewritten() -> String {
    let mut story = story();
    story[5].2 = Body::words("Nothing to do.");
    let records = chain(INCIDENT, &story);
    export(&records, head(&records))
}

fn export(records: &[Record], head: Head) -> String {
    let stream = records[0].stream;
    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let signature = key.sign(&head_bytes(stream, head)).as_ref().to_vec();
    let key = key.public_key().as_ref().to_vec();
    head_line(&SignedHead { stream, head, key, signature }) + "\n" + &entries(records)
}

fn entries(records: &[Record]) -> String {
    records.iter().map(|record| entry_line(record) + "\n").collect()
}

fn heads(records: &[Record], seqs: &[i64]) -> String {
    let heads: Vec<_> = records
        .iter()
        .filter(|record| seqs.contains(&record.seq))
        .map(|r| serde_json::json!({ "stream": r.stream, "seq": r.seq, "hash": r.hash }))
        .collect();
    serde_json::json!({ "heads": heads }).to_string() + "\n"
}
