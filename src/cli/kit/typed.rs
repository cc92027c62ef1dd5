//! The eight words, as somebody types them in: nothing of them is shown.

use std::io::{BufRead as _, IsTerminal as _, stdin};

use anyhow::Context as _;
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use tokio::sync::oneshot;

use crate::domain::kit::Phrase;
use crate::domain::kit::phrase::COUNT;

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Unseen(Termios);

impl Unseen {
    fn begin() -> nix::Result<Unseen> {
        let before = tcgetattr(stdin())?;
        let mut unseen = before.clone();
        unseen.local_flags.remove(LocalFlags::ECHO);
        unseen.local_flags.insert(LocalFlags::ECHONL);
        tcsetattr(stdin(), SetArg::TCSAFLUSH, &unseen)?;
        Ok(Unseen(before))
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        let _ = tcsetattr(stdin(), SetArg::TCSANOW, &self.0); // the terminal may be gone
    }
}

/// Asks for them. They may stand on several lines; an empty one, or the eighth word, ends them.
///
/// # Errors
/// What is wrong with them, and where nothing can be read.
pub(in crate::cli) async fn phrase() -> anyhow::Result<Phrase> {
    let terminal = stdin().is_terminal();
    let _unseen = terminal.then(Unseen::begin).transpose().context("the terminal can't be set")?;
    if terminal {
        eprintln!(
            "Type the eight words of the sheet, blanks between; they are not shown. Then Enter."
        );
    }
    let (tell, told) = oneshot::channel();
    std::thread::spawn(move || tell.send(read(terminal))); // which waits on, where somebody gives up
    Ok(told.await.context("nothing was typed")?.context("the words can't be read")?.parse()?)
}

fn read(terminal: bool) -> std::io::Result<String> {
    let mut all = String::new();
    for line in stdin().lock().lines() {
        let line = line?;
        if terminal && line.trim().is_empty() {
            break;
        }
        all.push_str(&line);
        all.push('\n');
        if Phrase::count(&all) >= COUNT {
            break;
        }
    }
    Ok(all)
}
