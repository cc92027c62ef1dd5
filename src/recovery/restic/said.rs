//! What restic says: lines of JSON, and words where it fails.

use serde::Deserialize;
use time::OffsetDateTime;

const DATABASE: &str = "db=";
const DUMP: &str = "dump=";
const FILE: &str = "file=";

/// One file of a dump, or some of one kind, as it lies in the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// restic's name for it.
    pub id: String,
    /// When it was made.
    pub at: OffsetDateTime,
    /// The dump that it belongs to.
    pub dump: String,
    /// Which file of that it is.
    pub file: String,
}

/// One thing in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Node {
    /// Where it lay.
    pub path: String,
    /// Its length.
    #[serde(default)]
    pub size: u64,
    /// What it is: `file`, `dir`.
    #[serde(rename = "type", default)]
    pub kind: String,
}

/// What a file of a dump is known by.
#[must_use]
pub fn tags(database: &str, dump: &str, file: &str) -> [String; 3] {
    [database_tag(database), format!("{DUMP}{dump}"), format!("{FILE}{file}")]
}

pub(super) fn database_tag(database: &str) -> String {
    format!("{DATABASE}{database}")
}

/// Those that Muster made, the oldest first.
pub(super) fn snapshots(text: &str) -> Option<Vec<Snapshot>> {
    #[derive(Deserialize)]
    struct Listed {
        #[serde(with = "time::serde::rfc3339")]
        time: OffsetDateTime,
        id: String,
        #[serde(default)]
        tags: Option<Vec<String>>,
    }
    let listed: Option<Vec<Listed>> = serde_json::from_str(text.trim()).ok()?;
    let listed = listed.unwrap_or_default().into_iter().filter_map(|one| {
        let tags = one.tags.unwrap_or_default();
        let tag = |name: &str| Some(tags.iter().find_map(|tag| tag.strip_prefix(name))?.to_owned());
        Some(Snapshot { id: one.id, at: one.time, dump: tag(DUMP)?, file: tag(FILE)? })
    });
    let mut listed: Vec<Snapshot> = listed.collect();
    listed.sort_by_key(|one| one.at);
    Some(listed)
}

/// What stands in a snapshot; its first line is the snapshot itself.
pub(super) fn nodes(text: &str) -> Option<Vec<Node>> {
    text.lines().skip(1).map(|line| serde_json::from_str(line).ok()).collect()
}

/// How many bytes it says to have taken in; none where it made no snapshot.
pub(super) fn taken(text: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Line {
        message_type: String,
        total_bytes_processed: Option<u64>,
        snapshot_id: Option<String>,
    }
    let mut lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
    let summary = lines.rfind(|line| line.message_type == "summary")?;
    summary.snapshot_id.filter(|id| !id.is_empty())?;
    summary.total_bytes_processed
}

/// There is no repository at that place, which answers.
pub(super) fn is_missing(said: &str) -> bool {
    let config =
        said.contains("unable to open config file") || said.contains("repository does not exist");
    let gone = ["no such file or directory", "does not exist", "NoSuchKey"];
    let whole = ["bucket does not exist", "container does not exist"];
    config
        && gone.iter().any(|words| said.contains(words))
        && !whole.iter().any(|words| said.contains(words))
}

pub(super) fn is_other_key(said: &str) -> bool {
    said.contains("wrong password or no key found")
        || said.contains("ciphertext verification failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_are_read_with_what_they_are_of_and_those_of_others_are_left_alone() {
        let text = r#"[
            {"time":"2026-11-27T20:28:17.403298494+01:00","tree":"b","paths":["/2.dump"],"hostname":"muster",
             "tags":["db=main","dump=20261127-192817D","file=2.dump"],"id":"77","short_id":"7"},
            {"time":"2026-11-27T19:28:16Z","paths":["/x"],"tags":["db=main","dump=X","file=1.dump"],"id":"76"},
            {"time":"2026-11-27T19:28:17Z","paths":["/home"],"id":"78"}]"#;
        let found = snapshots(text).unwrap();
        let names: Vec<_> = found.iter().map(|it| (it.id.as_str(), it.file.as_str())).collect();
        assert_eq!(names, [("76", "1.dump"), ("77", "2.dump")]);
        assert_eq!(found[1].dump, "20261127-192817D");
        assert_eq!(snapshots("null\n"), Some(Vec::new()), "none at all");
        assert_eq!(snapshots("Fatal: x"), None);
    }

    #[test]
    fn a_summary_says_what_was_taken_and_half_an_answer_says_nothing() {
        let status = "{\"message_type\":\"status\",\"percent_done\":0}\n";
        let summary =
            r#"{"message_type":"summary","total_bytes_processed":6,"snapshot_id":"75af6063"}"#;
        assert_eq!(taken(&format!("{status}{summary}\n")), Some(6));
        assert_eq!(taken(status), None);
        assert_eq!(taken(&summary.replace("75af6063", "")), None);
    }

    #[test]
    fn what_a_snapshot_holds_is_read_line_by_line() {
        let text = "{\"struct_type\":\"snapshot\",\"id\":\"7\"}\n\
                    {\"name\":\"etc\",\"type\":\"dir\",\"path\":\"/etc\"}\n\
                    {\"name\":\"a\",\"type\":\"file\",\"path\":\"/etc/ü\",\"size\":6}\n";
        let found = nodes(text).unwrap();
        assert_eq!(
            (found[1].path.as_str(), found[1].size, found[0].kind.as_str()),
            ("/etc/ü", 6, "dir")
        );
    }

    #[test]
    fn no_repository_another_key_and_a_store_that_is_away_are_told_apart() {
        let away = "Fatal: unable to open config file: Stat: Get \"https://x\": dial tcp: connection refused\n\
                    Is there a repository at the following location?\ns3:https://x";
        assert!(!is_missing(away));
        for gone in [
            "Fatal: unable to open config file: stat /r/config: no such file or directory\nIs there a repository",
            "Fatal: unable to open config file: Stat: The specified key does not exist.",
            "Fatal: unable to open config file: blob.GetProperties: storage: service returned error: StatusCode=404, \
             ErrorCode=404 The specified blob does not exist., ErrorMessage=no response body was available",
            "Fatal: repository does not exist: unable to open config file: stat /r/config: no such file or directory",
        ] {
            assert!(is_missing(gone), "{gone}");
        }
        for whole in ["bucket", "container"] {
            let said = "Fatal: unable to open config file: Stat: The specified";
            assert!(!is_missing(&format!("{said} {whole} does not exist.")), "{whole}");
        }
        assert!(is_other_key("Fatal: wrong password or no key found"));
    }
}
