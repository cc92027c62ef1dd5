//! The server kit: the key ring, sealed; beside the backups of Muster's own database where its own agent makes
//! any, and wherever else it is told to.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, bail, ensure};
use clap::Subcommand;
use nix::unistd::gethostname;
use tokio::io::AsyncWriteExt as _;

use super::{Paper, opened, typed};
use crate::actions::kits;
use crate::agent::kit::{Copy, open_all};
use crate::cli::agent::kit::{Fetched, told};
use crate::cli::contact::Contact;
use crate::cli::own::Own;
use crate::config::Settings;
use crate::domain::kit::{Contents, Kind, Label, Sheet};
use crate::secrets::{KeyRing, SealedKit, random_number, random_phrase};

const EXAMPLES: &str = "\
Examples:
  muster kit --sheet /dev/shm/sheet.html
  muster kit --to /media/stick/server.kit --sheet /dev/shm/sheet.html
  muster kit prove /media/stick/server.kit
  muster kit open server.kit --into /root/opened

The kit holds the key ring. Its sealed copy lies beside the backups of Muster's own database where muster serve keeps an
agent for that, and where --to says. The eight words stand on the sheet alone: print it, put it where neither fire nor
thief takes it with the server, say on the page Recovery where it lies, and remove the file.";

/// The file in the kit.
const RING: &str = "muster.keyring";
const README: &str = "README.txt";
const WORDS: &str = "\
muster.keyring is Muster's key ring: whoever has it can read sealed settings and sign as this server.

To use it, put it where MUSTER_KEYRING says, for the user that runs muster serve alone (chmod 600), beside the data
folder that was restored; by default that is muster.keyring beside /var/lib/muster.
";

/// What stands on the command line.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Kit {
    /// Write the sealed copy there too; best on another machine's disk, or on a stick
    #[arg(long, value_name = "FILE")]
    pub to: Vec<PathBuf>,
    /// Write the sheet there, for its owner alone, and not to the standard output; as a page where the name ends in .html
    #[arg(long, value_name = "FILE")]
    pub sheet: Vec<PathBuf>,
    /// What else to do.
    #[command(subcommand)]
    pub deed: Option<Deed>,
}

/// What can be done with a kit.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Deed {
    /// Opens a sealed copy, of a site's kit too, with the words of its sheet; writes over nothing
    Open {
        /// The sealed copy
        file: PathBuf,
        /// The folder for what it holds
        #[arg(long, value_name = "FOLDER")]
        into: PathBuf,
    },
    /// Opens the newest kit's sealed copies with words that are typed in, and compares the ring with the one in use
    Prove {
        /// A sealed copy that lies elsewhere than beside the backups
        file: Vec<PathBuf>,
    },
}

/// Makes a kit, or proves the newest one.
pub(in crate::cli) async fn run(
    kit: &Kit,
    contact: &Contact,
    settings: &Settings,
) -> anyhow::Result<bool> {
    match &kit.deed {
        Some(Deed::Open { file, into }) => opened::open(&[opened::read(file)?], into).await,
        Some(Deed::Prove { file }) => prove(file, contact, settings).await,
        None => make(kit, contact, settings).await,
    }
}

async fn make(kit: &Kit, contact: &Contact, settings: &Settings) -> anyhow::Result<bool> {
    let own = Own::beside(&settings.data.dir);
    if kit.to.is_empty() && !own.has_joined() {
        bail!(
            "say where the sealed copy goes, such as --to /media/stick/server.kit: no agent backs up Muster's own \
             database here, beside whose backups it could lie"
        );
    }
    let paper = Paper::laid_out(&kit.sheet)?;
    let ring = KeyRing::text(&settings.data.keyring)?;
    let contents = Contents::default().with(README, WORDS).with(RING, ring.expose());
    let (phrase, now) = (random_phrase()?, contact.clock.now());
    let label = Label {
        number: random_number()?,
        kind: Kind::Server,
        of: settings.server.public_url.to_string(),
        host: gethostname().unwrap_or_default().to_string_lossy().into_owned(),
        made: now,
    };
    let sealed = SealedKit::seal(&phrase, label.clone(), &contents)?;
    let mut copies = if own.has_joined() { lay(&own, &sealed).await? } else { Vec::new() };
    for file in &kit.to {
        let unwritten = || format!("{} can't be written, so there is no new kit", file.display());
        opened::write_new(file, sealed.text()).with_context(unwritten)?;
        copies.push(file.display().to_string());
    }
    paper.write(&Sheet { label: &label, phrase: &phrase, copies: &copies })?;
    kits::note_made(&contact.db, &contact.ring, (&label, &copies), now).await?;
    eprintln!(
        "Kit {} was made. Say on the page Recovery where its sheet lies. The sheets of older kits open the same ring \
         from older copies: once this one was proved (muster kit prove), destroy both.",
        label.number
    );
    Ok(true)
}

async fn prove(files: &[PathBuf], contact: &Contact, settings: &Settings) -> anyhow::Result<bool> {
    let own = Own::beside(&settings.data.dir);
    let newest = kits::newest_server(&contact.db).await?;
    let newest = &newest.context("no server kit was made yet; make one: muster kit")?;
    let mut copies = if own.has_joined() { fetch(&own, newest).await? } else { Vec::new() };
    for file in files {
        let found = opened::read(file).map_err(|error| format!("{error:#}"));
        let found = found.and_then(|kit| match &kit.label().number {
            number if number == newest => Ok(kit),
            other => Err(format!("this is kit {other}, and the newest is {newest}")),
        });
        copies.push(Copy { place: file.display().to_string(), found });
    }
    ensure!(!copies.is_empty(), "name the sealed copy of the kit {newest}: muster kit prove FILE");
    eprintln!("The newest server kit is {newest}.");
    let ring = KeyRing::text(&settings.data.keyring)?;
    let (looked, _) = open_all(&copies, &typed::phrase().await?, |contents| {
        let same = contents.text(RING) == Some(ring.expose().as_str());
        if same { Vec::new() } else { vec!["the key ring".to_owned()] }
    });
    let good = told(&looked);
    if good {
        kits::note_proved(&contact.db, newest, contact.clock.now()).await?;
        if own.has_joined() {
            ask(&own, &["forget", newest], "").await?;
        }
    }
    Ok(good)
}

async fn lay(own: &Own, sealed: &SealedKit) -> anyhow::Result<Vec<String>> {
    let said = ask(own, &["lay"], sealed.text()).await?;
    serde_json::from_str(&said).context("the agent does not say where the copies lie")
}

async fn fetch(own: &Own, number: &str) -> anyhow::Result<Vec<Copy>> {
    let said = ask(own, &["fetch", number], "").await?;
    let fetched: Vec<Fetched> =
        serde_json::from_str(&said).context("the agent does not show the copies")?;
    let copies = fetched.into_iter().map(|Fetched { place, text, why }| Copy {
        place,
        found: match text {
            Some(text) => SealedKit::read(&text).map_err(|error| error.to_string()),
            None => Err(why.unwrap_or_default()),
        },
    });
    Ok(copies.collect())
}

/// Has the agent of Muster's own database do something: as its user, who owns the repository, and who sees what
/// is sealed alone.
async fn ask(own: &Own, deed: &[&str], input: &str) -> anyhow::Result<String> {
    let mut command = own.command(&[&["kit"], deed].concat())?;
    let mut child = command.stdout(Stdio::piped()).spawn().context("the agent can't be started")?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(input.as_bytes()).await.context("the agent does not listen")?;
    }
    let output = child.wait_with_output().await?;
    ensure!(output.status.success(), "the agent of Muster's own database did not do it");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
