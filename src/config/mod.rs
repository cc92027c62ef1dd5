//! The settings: read once at start, from flags, the environment and `muster.toml`, in that order.
//!
//! A person who starts Muster at 3 a.m. must not learn of typing errors one by one: all that is
//! wrong in any source is reported at once, with the flag, variable or line it stands in. This is
//! the only module that looks at the environment; everything else is given a struct from here.

mod data;
mod flags;
mod heartbeat_url;
mod key;
mod log;
mod mail;
mod network;
mod problem;
mod public_url;
mod secret;
mod server;
mod settings;
mod smtp_url;
mod sources;
mod surroundings;
mod tls_files;
mod toml_file;
mod watching;

pub use data::{Data, Database};
pub use flags::Flags;
pub use heartbeat_url::HeartbeatUrl;
pub use log::Log;
pub use mail::{Mail, Outgoing};
pub use network::Network;
pub use problem::{Place, Problem, Problems};
pub use public_url::PublicUrl;
pub use secret::Secret;
pub use server::Server;
pub use settings::{Settings, read};
pub use smtp_url::{Credentials, SmtpTls, SmtpUrl};
pub use surroundings::Surroundings;
pub use tls_files::TlsFiles;
pub use watching::Watching;
