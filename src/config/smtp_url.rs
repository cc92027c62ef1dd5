//! The mail server, as one URL: `smtps://user:password@mail.example.org`.

use std::net::IpAddr;
use std::str::FromStr;

use super::public_url::is_host;
use super::secret::Secret;

/// How the connection to a mail server is encrypted; a server's certificate is always verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// From the first byte (`smtps://`, port 465).
    FromStart,
    /// By STARTTLS, and not at all without it (`smtp://`, port 587).
    StartTls,
    /// Never (`smtp://…?tls=none`), to this very machine alone.
    None,
}

/// Name and password at a mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The account.
    pub user: String,
    /// Its password.
    pub password: Secret,
}

/// Where mail is handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    /// How it is encrypted.
    pub tls: SmtpTls,
    /// The server's name, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How to sign in, if at all.
    pub credentials: Option<Credentials>,
    /// The URL as it was given.
    pub text: Secret,
}

/// A text that names no mail server; its words never repeat the text, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnSmtpUrl {
    /// The form is wrong.
    #[error(
        "smtps://user:password@host:465 or smtp://user:password@host:587, with %40 for @ in user \
         or password"
    )]
    Form,
    /// Mail would cross a network in the clear.
    #[error("?tls=none only with localhost or a loopback address; elsewhere mail is encrypted")]
    Unencrypted,
}

impl FromStr for SmtpUrl {
    type Err = NotAnSmtpUrl;

    fn from_str(text: &str) -> Result<SmtpUrl, NotAnSmtpUrl> {
        let form = NotAnSmtpUrl::Form;
        let (scheme, rest) = text.split_once("://").ok_or(form)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let tls = match (scheme, query) {
            ("smtps", "") => SmtpTls::FromStart,
            ("smtp", "" | "tls=required") => SmtpTls::StartTls,
            ("smtp", "tls=none") => SmtpTls::None,
            _ => return Err(form),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (account, server) = match rest.rsplit_once('@') {
            Some((account, server)) => (Some(account), server),
            None => (None, rest),
        };
        let (host, port) = server_of(server, tls).ok_or(form)?;
        if tls == SmtpTls::None && !is_this_machine(&host) {
            return Err(NotAnSmtpUrl::Unencrypted);
        }
        let credentials = account.map(credentials_of).map(|c| c.ok_or(form)).transpose()?;
        let text = Secret::new(text);
        Ok(SmtpUrl { tls, host, port, credentials, text })
    }
}

fn server_of(text: &str, tls: SmtpTls) -> Option<(String, u16)> {
    let usual = match tls {
        SmtpTls::FromStart => 465,
        SmtpTls::StartTls => 587,
        SmtpTls::None => 25,
    };
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (text, usual),
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    is_host(host).then(|| (bare.to_ascii_lowercase(), port))
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn credentials_of(text: &str) -> Option<Credentials> {
    let (user, password) = text.split_once(':')?;
    let user = decoded(user).filter(|user| !user.is_empty())?;
    Some(Credentials { user, password: Secret::new(decoded(password)?) })
}

/// Undoes percent-encoding; none where a `%` is not followed by two hexadecimal digits.
fn decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let code = part.get(..2).filter(|code| code.bytes().all(|c| c.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend_from_slice(part.get(2..)?.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_and_query_say_how_mail_is_encrypted() {
        let table = [
            ("smtps://mail.example.org", SmtpTls::FromStart, "mail.example.org", 465),
            ("smtp://Mail.example.org/", SmtpTls::StartTls, "mail.example.org", 587),
            ("smtp://mail.example.org:25?tls=required", SmtpTls::StartTls, "mail.example.org", 25),
            ("smtp://127.0.0.1:1025?tls=none", SmtpTls::None, "127.0.0.1", 1025),
            ("smtp://[::1]?tls=none", SmtpTls::None, "::1", 25),
        ];
        for (text, tls, host, port) in table {
            let url: SmtpUrl = text.parse().unwrap();
            assert_eq!((url.tls, url.host.as_str(), url.port), (tls, host, port), "{text}");
        }
    }

    #[test]
    fn user_and_password_are_decoded_and_the_password_is_never_printed() {
        let url: SmtpUrl = "smtps://ada%40example.org:p%C3%A4ss@h".parse().unwrap();

        let credentials = url.credentials.clone().unwrap();
        assert_eq!(credentials.user, "ada@example.org");
        assert_eq!(credentials.password.expose(), "päss");
        assert!(!format!("{url:?}").contains("päss"));
    }

    #[test]
    fn what_names_no_server_is_refused() {
        let form = [
            "",
            "mail.example.org",
            "http://h",
            "smtps://",
            "smtps://h:port",
            "smtps://h?tls=none",
            "smtp://h?tls=maybe",
            "smtps://user@h",
            "smtps://:pw@h",
            "smtps://u:%zz@h",
            "smtps://u:%c3@h",
            "smtps://h/path",
        ];
        for text in form {
            assert_eq!(text.parse::<SmtpUrl>(), Err(NotAnSmtpUrl::Form), "{text}");
        }
        let clear = "smtp://mail.example.org?tls=none".parse::<SmtpUrl>();
        assert_eq!(clear, Err(NotAnSmtpUrl::Unencrypted));
    }
}
