//! What all sessions of one sink share.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use super::{Behaviour, Mail, Options};

const PATIENCE: Duration = Duration::from_secs(30);

/// Mails, behaviours and tries; a change wakes whoever waits.
pub struct State {
    pub options: Options,
    pub acceptor: TlsAcceptor,
    kept: Mutex<Kept>,
    changed: Notify,
}

#[derive(Default)]
struct Kept {
    mails: Vec<Mail>,
    received: usize,
    tries: HashMap<String, usize>,
    behaviours: HashMap<String, Behaviour>,
}

impl State {
    pub fn new(options: Options, acceptor: TlsAcceptor) -> State {
        State { options, acceptor, kept: Mutex::default(), changed: Notify::new() }
    }

    pub fn behave(&self, address: &str, behaviour: Behaviour) {
        self.kept().behaviours.insert(address.to_lowercase(), behaviour);
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.kept().mails.clone()
    }

    pub fn take_mails(&self) -> Vec<Mail> {
        std::mem::take(&mut self.kept().mails)
    }

    pub fn tries(&self, address: &str) -> usize {
        self.kept().tries.get(&address.to_lowercase()).copied().unwrap_or(0)
    }

    /// Counts a try, and says what becomes of it; a greylisting loses one of its times.
    pub fn meet(&self, address: &str) -> Behaviour {
        let address = address.to_lowercase();
        let mut kept = self.kept();
        let kept = &mut *kept;
        *kept.tries.entry(address.clone()).or_default() += 1;
        let named = if kept.behaviours.contains_key(&address) { address.as_str() } else { "*" };
        let found = kept.behaviours.get_mut(named);
        let behaviour = found.as_ref().map_or(Behaviour::Accept, |b| (**b).clone());
        if let Some(Behaviour::Greylist { times }) = found {
            *times = times.saturating_sub(1);
        }
        self.changed.notify_waiters();
        behaviour
    }

    pub fn keep(&self, mut mail: Mail) {
        let mut kept = self.kept();
        kept.received += 1;
        mail.order = kept.received;
        kept.mails.push(mail);
        self.changed.notify_waiters();
    }

    /// Returns when `reached` holds, or when patience ends.
    pub async fn until(&self, reached: impl Fn() -> bool) {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                if reached() {
                    return;
                }
                changed.await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, waiting).await;
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().expect("no test panics while it holds the sink")
    }
}
