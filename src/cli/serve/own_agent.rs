//! Keeps the agent that protects Muster's own database: as the user that owns it, in folders beside it, and no
//! longer than serve itself lives.

use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::PgConnectOptions;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Child;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::actions::sites::own::{Ear, OwnAgent, Stands};
use crate::agent::lead;
use crate::cli::contact::Contact;
use crate::cli::own::Own;
use crate::config::{Settings, Surroundings};
use crate::domain::agent::code::JoinCode;
use crate::pgserver;
use crate::recovery::{Engine, archive_by};

const NAME: &str = "muster";
const REPOSITORY: &str = "here";
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How long an agent may take to end what it is at.
const ENDING: Duration = Duration::from_secs(15);

/// Keeps an agent for the database that serve itself runs.
pub(super) fn start(
    settings: &Settings,
    around: &Surroundings,
    (contact, bound): (&Contact, SocketAddr),
    stop: &CancellationToken,
) -> Option<(OwnAgent, JoinHandle<()>)> {
    let (socket, options) = contact.own_postgres()?;
    let own_address = || {
        let ip = match bound.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(ip, bound.port()))
    };
    let server = match settings.tls {
        Some(_) => settings.server.public_url.to_string(),
        None => own_address(),
    };
    let (own, ear) = OwnAgent::at(&server);
    let its = Own::beside(&settings.data.dir);
    let keeper = Keeper { its, socket, options, search: around.search_path(), ear };
    Some((own, tokio::spawn(keeper.keep(stop.clone()))))
}

/// What keeping it takes.
struct Keeper {
    /// Where its files lie.
    its: Own,
    /// Where Muster's own Postgres is reached.
    socket: PathBuf,
    /// How to connect to it.
    options: PgConnectOptions,
    /// Where programs are looked for first.
    search: OsString,
    /// Where presses arrive.
    ear: Ear,
}

impl Keeper {
    /// Keeps it until serve stops. Where none has joined yet, Postgres throws its log away as it did before.
    async fn keep(mut self, stop: CancellationToken) {
        if !self.its.has_joined()
            && let Err(error) = archive_by(&self.options, None).await
        {
            warn!(error = &error as &dyn std::error::Error, "archiving could not be switched off");
        }
        let (mut pause, mut asked) = (FIRST_PAUSE, None);
        while !stop.is_cancelled() {
            let done = match asked.take() {
                Some(code) => self.begin(&code).await,
                None if self.its.has_joined() => self.work(&stop).await.map(|code| asked = code),
                None => {
                    tokio::select! {
                        () = stop.cancelled() => return,
                        code = self.ear.codes.recv() => asked = code,
                    }
                    continue;
                }
            };
            let Err(error) = done else {
                pause = FIRST_PAUSE;
                continue;
            };
            warn!("the agent for Muster's own database: {error:#}");
            self.ear.stands.send_replace(Stands::Failed(format!("{error:#}")));
            if self.its.has_joined() {
                tokio::select! { () = stop.cancelled() => return, () = sleep(pause) => {} }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    /// Makes its folders and settings, and has it join.
    async fn begin(&self, code: &JoinCode) -> anyhow::Result<()> {
        self.ear.stands.send_replace(Stands::AtWork);
        Engine::find(&self.search)?;
        for folder in [self.its.folder(), self.its.data().join("backups")] {
            pgserver::own_folder(&folder)?;
        }
        if !self.its.settings().exists() {
            write(&self.its.settings(), &self.words())?;
        }
        let mut child = self.its.command(&["join", "-"])?.spawn().context("it can't be started")?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(code.to_string().as_bytes()).await?;
        }
        let joined = child.wait().await?;
        anyhow::ensure!(joined.success(), "it could not join; serve's log says why");
        Ok(())
    }

    /// Runs it until it ends by itself, which is a fault, or serve stops, or it is asked to join anew, for which
    /// the code comes back.
    async fn work(&mut self, stop: &CancellationToken) -> anyhow::Result<Option<JoinCode>> {
        self.ear.stands.send_replace(Stands::AtWork);
        Engine::find(&self.search)?;
        let settings = lead::settings(&lead::folder(&self.its.folder(), NAME));
        archive_by(&self.options, Some(&lead::command(&settings, NAME))).await?;
        let mut child = self.its.command(&["run", "--while-input-lasts"])?.spawn()?;
        let _input = child.stdin.take(); // who waits for a child would close it
        let code = tokio::select! {
            ended = child.wait() => anyhow::bail!("it ended ({})", ended?),
            () = stop.cancelled() => None,
            code = self.ear.codes.recv() => code,
        };
        end(child).await;
        Ok(code)
    }

    fn words(&self) -> String {
        let quoted = |path: &Path| toml_edit::Value::from(path.display().to_string()).to_string();
        let [data, socket, backups] = [
            quoted(&self.its.data().join("postgres")),
            quoted(&self.socket),
            quoted(&self.its.data().join("backups")),
        ];
        let user = pgserver::USER;
        format!(
            "# Muster's own database, protected by the agent that muster serve keeps. Yours to change: it is\n\
             # written once. The repository belongs on another disk, or on a share of another machine.\n\n\
             [[database]]\nname = \"{NAME}\"\ndata_dir = {data}\nsocket = {socket}\nuser = \"{user}\"\n\n\
             [[repository]]\nname = \"{REPOSITORY}\"\nkind = \"folder\"\npath = {backups}\n"
        )
    }
}

/// Its settings are no secret, and stand in a folder that is its user's: who may be root writes through no link
/// that is put there.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let draft = path.with_extension("draft");
    match std::fs::remove_file(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut file = File::options().write(true).create_new(true).mode(0o644).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&draft, path).with_context(|| format!("{} can't be written", path.display()))
}

/// Ends one gently: what it is at leaves nothing behind.
async fn end(mut child: Child) {
    if let Some(pid) = child.id() {
        let _ = kill(Pid::from_raw(pid.cast_signed()), Signal::SIGTERM); // not reaped yet, so still ours
    }
    if timeout(ENDING, child.wait()).await.is_err() {
        warn!("the agent for Muster's own database did not end in time; it is killed");
        let _ = child.kill().await;
    }
}
