//! A real mail server on loopback that keeps what it is given, and misbehaves when told to.
//!
//! ```ignore
//! let sink = Sink::start().await;
//! sink.behave("ada@example.org", Behaviour::Greylist { times: 1 });
//! // … Muster sends to sink.url() …
//! let mails = sink.wait_for(1).await;
//! ```

mod mail;
mod session;
mod state;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

pub use mail::Mail;
use state::State;
use tls::Certificate;

/// What the sink does with a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes the mail.
    Accept,
    /// Refuses the recipient with this code and text.
    Refuse { code: u16, words: String },
    /// Says "later" so many times, then takes the mail.
    Greylist { times: u32 },
    /// Never answers after the recipient was named.
    Hang,
    /// Takes the whole mail, keeps it, and never says so.
    HangAfterDot,
    /// Takes the whole mail, keeps it, and closes the connection before saying so.
    DropAfterDot,
    /// Takes the whole mail, and refuses it with this code and text.
    RefuseAfterDot { code: u16, words: String },
}

/// How the sink's connections are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Security {
    /// Not at all.
    #[default]
    Plain,
    /// From the STARTTLS command on; mail before it is refused.
    StartTls,
    /// From the first byte.
    Implicit,
}

/// How to start a sink.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How its connections are protected.
    pub security: Security,
    /// The name and password it wants before it takes mail.
    pub login: Option<(String, String)>,
}

/// The running sink; it ends when dropped.
pub struct Sink {
    address: SocketAddr,
    options: Options,
    certificate: Certificate,
    state: Arc<State>,
    serving: JoinHandle<()>,
}

impl Sink {
    /// A plain sink that takes all mail, on a free port.
    pub async fn start() -> Sink {
        Sink::start_with(Options::default()).await
    }

    /// A sink with TLS or a login, on a free port.
    pub async fn start_with(options: Options) -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let address = listener.local_addr().expect("a bound listener has an address");
        let certificate = Certificate::make();
        let state = Arc::new(State::new(options.clone(), certificate.acceptor()));
        let serving = tokio::spawn(serve(listener, state.clone()));
        Sink { address, options, certificate, state, serving }
    }

    /// The setting that makes Muster send here.
    pub fn url(&self) -> String {
        let login = self.options.login.as_ref().map_or_else(String::new, |(name, password)| {
            format!("{}:{}@", percent_encoded(name), percent_encoded(password))
        });
        let (scheme, query) = match self.options.security {
            Security::Plain => ("smtp", ""),
            Security::StartTls => ("smtp", "?tls=starttls"),
            Security::Implicit => ("smtps", ""),
        };
        format!("{scheme}://{login}{}{query}", self.address)
    }

    /// The certificate its TLS stands on, for a client that is to trust it.
    pub fn root_pem(&self) -> &str {
        self.certificate.pem()
    }

    /// How it treats `address` from now on; `*` is everybody not named.
    pub fn behave(&self, address: &str, behaviour: Behaviour) {
        self.state.behave(address, behaviour);
    }

    /// The mails kept so far, in the order they came.
    pub fn mails(&self) -> Vec<Mail> {
        self.state.mails()
    }

    /// The same, and forgets them.
    pub fn take_mails(&self) -> Vec<Mail> {
        self.state.take_mails()
    }

    /// How often a client has named `address` as recipient, taken or not.
    pub fn tries(&self, address: &str) -> usize {
        self.state.tries(address)
    }

    /// Waits until `count` mails are kept, and returns all of them; panics after 10 s.
    pub async fn wait_for(&self, count: usize) -> Vec<Mail> {
        self.state.until(|| self.mails().len() >= count).await;
        let mails = self.mails();
        assert!(mails.len() >= count, "waited for {count} mails, there are {mails:#?}");
        mails
    }

    /// Waits until `address` was named `count` times; panics after 10 s.
    pub async fn wait_for_tries(&self, address: &str, count: usize) {
        self.state.until(|| self.tries(address) >= count).await;
        let tries = self.tries(address);
        assert!(tries >= count, "waited for {count} tries for {address}, there were {tries}");
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Accepts until aborted; the sessions end with it.
async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut sessions = JoinSet::new();
    loop {
        let Ok((connection, _)) = listener.accept().await else { return };
        sessions.spawn(session::run(connection, state.clone()));
        while sessions.try_join_next().is_some() {}
    }
}

fn percent_encoded(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric();
    text.bytes()
        .map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
