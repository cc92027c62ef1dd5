//! Asks whoever sits at the terminal; what is secret is not shown as it is typed.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _, stdin, stdout};

use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};

/// What Ctrl-C is where it ends nothing.
const END: char = '\u{3}';

/// Whoever is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal {
    /// Every question is answered with yes.
    pub(super) yes: bool,
}

impl Terminal {
    /// A question whose answer is no unless somebody says yes.
    pub(super) fn agrees(self, question: &str) -> io::Result<bool> {
        if self.yes {
            println!("{question} Yes.");
            return Ok(true);
        }
        let typed = typed(&format!("{question} [y/N] "))?;
        Ok(["y", "yes"].contains(&typed.to_ascii_lowercase().as_str()))
    }

    /// A secret; Ctrl-C counts once the line is ended.
    pub(super) fn secret(self, what: &str) -> io::Result<String> {
        if !stdin().is_terminal() {
            return typed("");
        }
        let shown = tcgetattr(stdin())?;
        let mut hidden = shown.clone();
        hidden.local_flags.remove(LocalFlags::ECHO | LocalFlags::ISIG);
        tcsetattr(stdin(), SetArg::TCSAFLUSH, &hidden)?;
        let read = typed(&format!("{what} (it is not shown): "));
        tcsetattr(stdin(), SetArg::TCSAFLUSH, &shown)?;
        println!();
        match read? {
            text if text.contains(END) => Err(io::ErrorKind::Interrupted.into()),
            text => Ok(text),
        }
    }
}

/// One line, without blanks around it; nothing at the end of the input.
fn typed(question: &str) -> io::Result<String> {
    print!("{question}");
    stdout().flush()?;
    let mut line = String::new();
    stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
