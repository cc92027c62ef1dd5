//! What one program writes, on its way to another or into a file: counted and digested as it passes. Whoever
//! takes it in never sees an end that is none: where the writer failed, the taker is ended first.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use ring::digest::{Context, SHA256};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Answer, Group, Tool, readable};
use crate::recovery::{Error, Result};

const CHUNK: usize = 128 * 1024;
/// Bytes of what a program says that are kept: the last ones.
const KEPT: usize = 64 * 1024;

/// Who neither takes nor gives anything for so long hangs, and would keep all that comes after it.
const STALLED: Duration = Duration::from_secs(20 * 60);

/// What passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::recovery) struct Passed {
    /// How much.
    pub(in crate::recovery) bytes: u64,
    /// Its SHA-256, in hex.
    pub(in crate::recovery) sha256: String,
}

/// A program that writes.
pub(in crate::recovery) struct Source {
    child: Child,
    group: Group,
    out: ChildStdout,
    errors: JoinHandle<String>,
    program: PathBuf,
    doing: &'static str,
    first: Vec<u8>,
}

impl Source {
    /// Starts it.
    pub(in crate::recovery) fn start(mut tool: Tool, doing: &'static str) -> Result<Source> {
        tool.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let (mut child, group, program) = spawn(tool)?;
        let (Some(out), Some(errors)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(Error::io("hear", &program)(std::io::ErrorKind::BrokenPipe.into()));
        };
        let errors = tokio::spawn(kept(errors));
        Ok(Source { child, group, out, errors, program, doing, first: Vec::new() })
    }

    /// Waits until it begins to write, which it keeps.
    pub(in crate::recovery) async fn begun(&mut self) -> Result<()> {
        if self.first.is_empty() {
            let mut chunk = vec![0; CHUNK];
            let read = self.out.read(&mut chunk).await.map_err(Error::io("hear", &self.program))?;
            chunk.truncate(read);
            self.first = chunk;
        }
        Ok(())
    }

    /// Hands all of it to another program, and gives what that answers.
    pub(in crate::recovery) async fn into_tool(mut self, to: Tool) -> Result<(Passed, Answer)> {
        let mut sink = Sink::start(to)?;
        let (mut tally, mut chunk) = (Tally::new(), vec![0; CHUNK]);
        let mut next = std::mem::take(&mut self.first);
        loop {
            if !next.is_empty() {
                tally.note(&next);
                if !moving(self.doing, sink.take(&next)).await? {
                    return Ok((tally.passed(), sink.end(self.doing).await?)); // it says why
                }
            }
            let read = self.out.read(&mut chunk).await.map_err(Error::io("hear", &self.program))?;
            if read == 0 {
                break;
            }
            next = chunk.get(..read).unwrap_or_default().to_vec();
        }
        let doing = self.doing;
        self.end().await?; // else what it was written to is ended unfinished
        Ok((tally.passed(), sink.end(doing).await?))
    }

    /// Reads all of it, into a new file where one is named.
    pub(in crate::recovery) async fn read(mut self, into: Option<&Path>) -> Result<Passed> {
        let mut file = match into {
            Some(path) => {
                Some((File::create_new(path).await.map_err(Error::io("write", path))?, path))
            }
            None => None,
        };
        let (mut tally, mut chunk) = (Tally::new(), vec![0; CHUNK]);
        loop {
            let read = moving(self.doing, self.out.read(&mut chunk)).await?;
            let read = read.map_err(Error::io("hear", &self.program))?;
            let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            tally.note(bytes);
            if let Some((file, path)) = &mut file {
                file.write_all(bytes).await.map_err(Error::io("write", path))?;
            }
        }
        if let Some((file, path)) = &mut file {
            file.flush().await.map_err(Error::io("write", path))?;
        }
        self.end().await?;
        Ok(tally.passed())
    }

    /// Waits for its end, which must be a good one.
    async fn end(mut self) -> Result<()> {
        let status = self.child.wait().await.map_err(Error::io("wait for", &self.program))?;
        let errors = self.errors.await.unwrap_or_default();
        if status.success() {
            self.group.disband();
            return Ok(());
        }
        let answer = Answer { ended_well: false, out: String::new(), errors };
        Err(Error::Engine { doing: self.doing, said: answer.complaint() })
    }
}

/// A program that takes in what is written to it.
pub(in crate::recovery) struct Sink {
    child: Child,
    group: Group,
    input: Option<ChildStdin>,
    said: [JoinHandle<String>; 2],
    program: PathBuf,
}

impl Sink {
    /// Starts it.
    pub(in crate::recovery) fn start(mut tool: Tool) -> Result<Sink> {
        tool.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (mut child, group, program) = spawn(tool)?;
        let (Some(out), Some(errors)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(Error::io("hear", &program)(std::io::ErrorKind::BrokenPipe.into()));
        };
        let said = [tokio::spawn(kept(out)), tokio::spawn(kept(errors))];
        Ok(Sink { input: child.stdin.take(), child, group, said, program })
    }

    /// Writes to it; false where it takes no more.
    pub(in crate::recovery) async fn take(&mut self, bytes: &[u8]) -> bool {
        match &mut self.input {
            Some(input) => input.write_all(bytes).await.is_ok(),
            None => false,
        }
    }

    /// There is no more to come; gives what it answers.
    pub(in crate::recovery) async fn end(mut self, doing: &'static str) -> Result<Answer> {
        drop(self.input.take());
        let ended = moving(doing, self.child.wait()).await?;
        let status = ended.map_err(Error::io("wait for", &self.program))?;
        let [out, errors] = self.said;
        let (out, errors) = (out.await.unwrap_or_default(), errors.await.unwrap_or_default());
        self.group.disband();
        Ok(Answer { ended_well: status.success(), out, errors })
    }
}

async fn moving<T>(doing: &'static str, work: impl Future<Output = T>) -> Result<T> {
    let said = || format!("nothing moved for {} minutes", STALLED.as_secs() / 60);
    timeout(STALLED, work).await.map_err(|_| Error::Engine { doing, said: said() })
}

/// Counts and digests.
pub(in crate::recovery) struct Tally {
    bytes: u64,
    digest: Context,
}

impl Tally {
    pub(in crate::recovery) fn new() -> Tally {
        Tally { bytes: 0, digest: Context::new(&SHA256) }
    }

    pub(in crate::recovery) fn note(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.digest.update(bytes);
    }

    pub(in crate::recovery) fn passed(self) -> Passed {
        let digest = self.digest.finish();
        let sha256 = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Passed { bytes: self.bytes, sha256 }
    }
}

fn spawn(tool: Tool) -> Result<(Child, Group, PathBuf)> {
    let program = tool.program;
    let child = Command::from(tool.command).spawn().map_err(Error::io("run", &program))?;
    let group = Group::of(&child);
    Ok((child, group, program))
}

/// All of it is read, so that the program is never kept waiting; the end of it is kept.
async fn kept(mut from: impl AsyncRead + Unpin) -> String {
    let (mut said, mut chunk) = (Vec::new(), vec![0; 8 * 1024]);
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        said.extend_from_slice(chunk.get(..read).unwrap_or_default());
        if said.len() > 2 * KEPT {
            said.drain(..said.len() - KEPT);
        }
    }
    readable(&said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Tool {
        Tool::new(Path::new("/bin/sh")).arg("-c").arg(script)
    }

    #[tokio::test]
    async fn what_passes_is_counted_and_digested_however_much_is_said_beside_it() {
        let mut from = Source::start(shell("yes | head -c 1000000"), "writing").unwrap();
        from.begun().await.unwrap();
        let noisy = shell("yes noise | head -c 300000 >&2; cksum");

        let (passed, answer) = from.into_tool(noisy).await.unwrap();

        assert_eq!(passed.bytes, 1_000_000);
        assert!(answer.ended_well && answer.out.contains(" 1000000"), "{answer:?}");
        assert_eq!(passed.sha256.len(), 64);
    }

    #[tokio::test]
    async fn who_takes_in_what_broke_off_never_comes_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let done = folder.path().join("done");
        let from = Source::start(shell("echo half; echo error: broke >&2; exit 1"), "writing");
        let to = shell(&format!("cat > /dev/null; touch {}", done.display()));

        let error = from.unwrap().into_tool(to).await.unwrap_err().to_string();

        assert_eq!(error, "writing failed: broke");
        assert!(!done.exists());
    }

    #[tokio::test]
    async fn who_takes_no_more_is_asked_why() {
        let from = Source::start(shell("yes"), "writing").unwrap();
        let (_, answer) = from.into_tool(shell("echo error: full >&2; exit 3")).await.unwrap();
        assert!(!answer.ended_well && answer.complaint() == "full", "{answer:?}");
    }
}
