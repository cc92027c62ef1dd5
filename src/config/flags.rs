//! The settings as flags, alike on every command. They stay text here: what is wrong with them is
//! reported together with what is wrong in the environment and the file.

use super::key::{self, Key};

/// Every setting that can be given on the command line.
#[derive(Clone, Default, clap::Args)] // no Debug: some are secret
#[command(next_help_heading = "Settings (each also by its variable, or in muster.toml)")]
pub struct Flags {
    /// Settings file (MUSTER_CONFIG; default: ./muster.toml, else /etc/muster/muster.toml)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<String>,
    /// Address and port to serve on (MUSTER_LISTEN; default: 127.0.0.1:8080)
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// What links in mails begin with (MUSTER_PUBLIC_URL; default: the address above)
    #[arg(long, global = true, value_name = "URL")]
    pub public_url: Option<String>,
    /// Further host names to answer to, with commas (MUSTER_HOSTS)
    #[arg(long, global = true, value_name = "NAMES")]
    pub hosts: Option<String>,
    /// Proxies whose X-Forwarded headers count, with commas (MUSTER_TRUSTED_PROXIES)
    #[arg(long, global = true, value_name = "ADDRESSES")]
    pub trusted_proxies: Option<String>,
    /// Certificate to serve https with, and those between, as PEM (MUSTER_TLS_CERTIFICATE; default: plain http)
    #[arg(long, global = true, value_name = "FILE")]
    pub tls_certificate: Option<String>,
    /// Its private key, as PEM (MUSTER_TLS_KEY)
    #[arg(long, global = true, value_name = "FILE")]
    pub tls_key: Option<String>,
    /// Where Muster keeps its data (MUSTER_DATA_DIR; default: /var/lib/muster for root, else ~/.local/share/muster)
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data_dir: Option<String>,
    /// Where the status page's files go (MUSTER_STATUS_DIR; default: status in the data folder)
    #[arg(long, global = true, value_name = "FOLDER")]
    pub status_dir: Option<String>,
    /// The key ring, outside the data folder (MUSTER_KEYRING; default: the data folder's name and .keyring)
    #[arg(long, global = true, value_name = "FILE")]
    pub keyring: Option<String>,
    /// A Postgres to use instead of one of Muster's own (DATABASE_URL)
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Mail server (MUSTER_SMTP_URL), better given there: other users can see a flag
    #[arg(long, global = true, value_name = "URL")]
    pub smtp_url: Option<String>,
    /// PEM file of one more authority to trust for the mail server (MUSTER_SMTP_CA)
    #[arg(long, global = true, value_name = "FILE")]
    pub smtp_ca: Option<String>,
    /// Sender of mails (MUSTER_MAIL_FROM)
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// Outside watch to tell each minute that Muster lives (MUSTER_HEARTBEAT_URL), better given there
    #[arg(long, global = true, value_name = "URL")]
    pub heartbeat_url: Option<String>,
    /// Address and port to serve metrics on, for Prometheus (MUSTER_METRICS_LISTEN; default: nowhere)
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<String>,
    /// What is logged: a level, or levels by module (MUSTER_LOG; default: info)
    #[arg(long, global = true, value_name = "FILTER")]
    pub log: Option<String>,
    /// How lines are logged: text or json (MUSTER_LOG_FORMAT; default: text)
    #[arg(long, global = true, value_name = "FORMAT")]
    pub log_format: Option<String>,
}

impl Flags {
    /// What was given for a setting.
    pub(super) fn get(&self, key: Key) -> Option<&str> {
        let field = match key {
            key::CONFIG => &self.config,
            key::LISTEN => &self.listen,
            key::PUBLIC_URL => &self.public_url,
            key::HOSTS => &self.hosts,
            key::TRUSTED_PROXIES => &self.trusted_proxies,
            key::TLS_CERTIFICATE => &self.tls_certificate,
            key::TLS_KEY => &self.tls_key,
            key::DATA_DIR => &self.data_dir,
            key::STATUS_DIR => &self.status_dir,
            key::KEYRING => &self.keyring,
            key::DATABASE_URL => &self.database_url,
            key::SMTP_URL => &self.smtp_url,
            key::SMTP_CA => &self.smtp_ca,
            key::MAIL_FROM => &self.mail_from,
            key::HEARTBEAT_URL => &self.heartbeat_url,
            key::METRICS_LISTEN => &self.metrics_listen,
            key::LOG => &self.log,
            key::LOG_FORMAT => &self.log_format,
            _ => &None,
        };
        field.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        flags: Flags,
    }

    #[test]
    fn every_setting_can_be_given_as_a_flag() {
        for key in key::IN_FILE.into_iter().chain([key::CONFIG]) {
            let program = Program::try_parse_from(["muster", &key.flag(), "given"]).unwrap();
            assert_eq!(program.flags.get(key), Some("given"), "{}", key.flag());
        }
    }
}
