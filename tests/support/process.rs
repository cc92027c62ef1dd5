//! A test's helper as a process of its own, so that it can be killed: this very test binary, told
//! to run one ignored test.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Lines, Read};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// Another process, killed at the latest when this is dropped.
pub struct OtherProcess {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl OtherProcess {
    /// Starts the ignored test of that name, with one more variable in its environment.
    pub fn start(test: &str, variable: (&str, &OsStr)) -> OtherProcess {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--ignored", "--nocapture"])
            .env(variable.0, variable.1)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        OtherProcess { child, said }
    }

    /// Waits for a line that begins so, and gives the rest of it.
    pub fn line(&mut self, beginning: &str) -> String {
        let lines = self.said.by_ref().map(Result::unwrap);
        let found = lines.filter_map(|line| line.strip_prefix(beginning).map(str::to_owned)).next();
        found.unwrap_or_else(|| panic!("it ended without saying {beginning:?}: {}", self.errors()))
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it ends by itself, or of something that befell it.
    pub fn wait(&mut self) -> ExitStatus {
        self.said.by_ref().for_each(drop);
        self.child.wait().unwrap()
    }

    /// `kill -9`, and the wait for its end.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets it end in good order, by the end of its input.
    pub fn finish(&mut self) {
        drop(self.child.stdin.take());
        self.said.by_ref().for_each(drop);
        assert!(self.child.wait().unwrap().success(), "{}", self.errors());
    }

    /// What it and its own children said on standard error; waits until all of them have ended.
    pub fn errors(&mut self) -> String {
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for OtherProcess {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended already
        let _ = self.child.wait();
    }
}
