//! One client's conversation with the sink.

use std::io;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::state::State;
use super::{Behaviour, Mail, Security};

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// Whether the conversation goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Go,
    End,
}

struct Session {
    wire: BufReader<Box<dyn Wire>>,
    state: Arc<State>,
    encrypted: bool,
    signed_in: bool,
    from: String,
    to: Vec<String>,
    at_dot: Behaviour,
}

/// Serves one connection; a broken one is the client's affair.
pub async fn run(connection: TcpStream, state: Arc<State>) {
    let implicit = state.options.security == Security::Implicit;
    let wire: Box<dyn Wire> = if implicit {
        let Ok(tls) = state.acceptor.accept(connection).await else { return };
        Box::new(tls)
    } else {
        Box::new(connection)
    };
    let mut session = Session {
        wire: BufReader::new(wire),
        signed_in: state.options.login.is_none(),
        state,
        encrypted: implicit,
        from: String::new(),
        to: Vec::new(),
        at_dot: Behaviour::Accept,
    };
    let _ = session.talk().await;
}

impl Session {
    async fn talk(&mut self) -> io::Result<()> {
        self.say("220 sink.example.org ESMTP").await?;
        loop {
            let line = self.line().await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            if self.obey(&verb.to_uppercase(), rest).await? == Next::End {
                return Ok(());
            }
        }
    }

    async fn obey(&mut self, verb: &str, rest: &str) -> io::Result<Next> {
        match verb {
            "EHLO" | "HELO" => self.greet().await?,
            "STARTTLS" if self.may_encrypt() => self.encrypt().await?,
            "AUTH" if self.state.options.login.is_some() => self.sign_in(rest).await?,
            "MAIL" => self.sender(rest).await?,
            "RCPT" if self.from.is_empty() => self.say("503 5.5.1 MAIL first").await?,
            "RCPT" => self.recipient(rest).await?,
            "DATA" if self.to.is_empty() => self.say("503 5.5.1 RCPT first").await?,
            "DATA" => return self.data().await,
            "RSET" => {
                self.forget();
                self.say("250 2.0.0 forgotten").await?;
            }
            "NOOP" => self.say("250 2.0.0 here").await?,
            "QUIT" => {
                self.say("221 2.0.0 bye").await?;
                return Ok(Next::End);
            }
            _ => self.say("502 5.5.2 not here").await?,
        }
        Ok(Next::Go)
    }

    async fn greet(&mut self) -> io::Result<()> {
        self.forget();
        let mut lines = vec!["sink.example.org", "8BITMIME", "SMTPUTF8"];
        if self.may_encrypt() {
            lines.push("STARTTLS");
        } else if self.state.options.login.is_some() {
            lines.push("AUTH PLAIN LOGIN");
        }
        let last = lines.len() - 1;
        for (i, line) in lines.into_iter().enumerate() {
            let mark = if i == last { ' ' } else { '-' };
            self.say(&format!("250{mark}{line}")).await?;
        }
        Ok(())
    }

    fn may_encrypt(&self) -> bool {
        self.state.options.security == Security::StartTls && !self.encrypted
    }

    async fn encrypt(&mut self) -> io::Result<()> {
        self.say("220 2.0.0 go ahead").await?;
        let (nothing, _) = tokio::io::duplex(1);
        let old = std::mem::replace(&mut self.wire, BufReader::new(Box::new(nothing)));
        let tls = self.state.acceptor.accept(old.into_inner()).await?;
        self.wire = BufReader::new(Box::new(tls));
        self.encrypted = true;
        Ok(())
    }

    async fn sign_in(&mut self, rest: &str) -> io::Result<()> {
        let (way, first) = rest.split_once(' ').unwrap_or((rest, ""));
        let given = match way.to_uppercase().as_str() {
            "PLAIN" => self.plain_login(first).await?,
            "LOGIN" => Some((self.ask("VXNlcm5hbWU6").await?, self.ask("UGFzc3dvcmQ6").await?)),
            _ => return self.say("504 5.5.4 PLAIN or LOGIN").await,
        };
        self.signed_in = given == self.state.options.login;
        if self.signed_in {
            self.say("235 2.7.0 welcome").await
        } else {
            let name = given.map(|(name, _)| name).unwrap_or_default();
            self.say(&format!("535 5.7.8 wrong password for <{name}>")).await
        }
    }

    async fn plain_login(&mut self, first: &str) -> io::Result<Option<(String, String)>> {
        let text = if first.is_empty() { self.ask("").await? } else { decoded(first) };
        let mut parts = text.split('\0').skip(1).map(str::to_owned);
        Ok(parts.next().zip(parts.next()))
    }

    async fn ask(&mut self, prompt: &str) -> io::Result<String> {
        self.say(&format!("334 {prompt}")).await?;
        Ok(decoded(&self.line().await?))
    }

    async fn sender(&mut self, rest: &str) -> io::Result<()> {
        if self.may_encrypt() {
            return self.say("530 5.7.0 STARTTLS first").await;
        }
        if !self.signed_in {
            return self.say("530 5.7.0 sign in first").await;
        }
        self.forget();
        self.from = path(rest);
        self.say("250 2.1.0 sender ok").await
    }

    async fn recipient(&mut self, rest: &str) -> io::Result<()> {
        let address = path(rest);
        match self.state.meet(&address) {
            Behaviour::Refuse { code, words } => self.say(&format!("{code} {words}")).await,
            Behaviour::Greylist { times: 1.. } => self.say("451 4.7.1 come back later").await,
            Behaviour::Hang => std::future::pending().await,
            at_dot => {
                self.to.push(address);
                self.at_dot = at_dot;
                self.say("250 2.1.5 recipient ok").await
            }
        }
    }

    async fn data(&mut self) -> io::Result<Next> {
        self.say("354 end with a dot").await?;
        let raw = self.until_dot().await?;
        let mail = Mail::read(self.from.clone(), std::mem::take(&mut self.to), &raw);
        let at_dot = std::mem::replace(&mut self.at_dot, Behaviour::Accept);
        if let Behaviour::RefuseAfterDot { code, words } = at_dot {
            self.say(&format!("{code} {words}")).await?;
            return Ok(Next::Go);
        }
        let accepted = matches!(at_dot, Behaviour::Accept | Behaviour::Greylist { .. });
        self.state.keep(mail);
        if at_dot == Behaviour::HangAfterDot {
            std::future::pending().await
        }
        if accepted {
            self.say("250 2.0.0 kept").await?;
        }
        Ok(if accepted { Next::Go } else { Next::End })
    }

    async fn until_dot(&mut self) -> io::Result<Vec<u8>> {
        let mut raw = Vec::new();
        loop {
            let start = raw.len();
            if self.wire.read_until(b'\n', &mut raw).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if raw[start..] == *b".\r\n" {
                raw.truncate(start);
                return Ok(raw);
            }
            if raw[start] == b'.' {
                raw.remove(start);
            }
        }
    }

    fn forget(&mut self) {
        self.from.clear();
        self.to.clear();
        self.at_dot = Behaviour::Accept;
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.wire.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }

    async fn say(&mut self, line: &str) -> io::Result<()> {
        self.wire.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.wire.flush().await
    }
}

/// The address between the angle brackets of a MAIL or RCPT argument.
fn path(rest: &str) -> String {
    let inner = rest.split_once('<').and_then(|(_, after)| after.split_once('>'));
    inner.map_or(rest, |(address, _)| address).to_owned()
}

fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&STANDARD.decode(text).unwrap_or_default()).into_owned()
}
