//! Where mail is handed in, as one setting: `smtps://name:password@mail.example.org`.

use std::net::IpAddr;

use lettre::transport::smtp::authentication::Credentials;

/// Why a mail setting can't be used, and how to mend it. It repeats no part of the setting that
/// may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// Another scheme, or none.
    #[error("it must begin with smtps:// or smtp://, as in smtps://name:password@mail.example.org")]
    Scheme,
    /// No host, or one with characters no host has.
    #[error(
        "it names no mail server; write smtps://name:password@mail.example.org, \
         and in name and password / as %2F, ? as %3F, # as %23"
    )]
    Host,
    /// A port that is none.
    #[error("its port is no number from 1 to 65535; leave it out for 465 (smtps) or 587 (smtp)")]
    Port,
    /// A percent sign that starts no code.
    #[error("its name or password holds a stray %; write % as %25, @ as %40, : as %3A, / as %2F")]
    Encoding,
    /// A name without a password.
    #[error("it has a name but no password; write name:password@ before the mail server")]
    HalfALogin,
    /// Something after the host that isn’t understood.
    #[error(
        "after the mail server it may only say ?tls=starttls or ?tls=none, and only with smtp://"
    )]
    Query,
    /// A sender that is no address.
    #[error("the sender is no mail address; write it as Muster <muster@example.org>")]
    Sender,
    /// An extra authority that is no certificate.
    #[error("the extra authority holds no certificate that can be read; give it as PEM")]
    Authority,
}

/// How the way to the server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Security {
    Plain,
    StartTls,
    Implicit,
}

/// The taken-apart setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) login: Option<Credentials>,
}

impl Server {
    pub(super) fn parse(url: &str) -> Result<Server, SettingError> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(SettingError::Scheme)?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (Some(credentials(login)?), place),
            None => (None, authority),
        };
        let (host, port) = host_and_port(place)?;
        let (security, usual_port) = match scheme {
            "smtps" => (implicit(tail)?, 465),
            "smtp" => (explicit(tail, &host)?, 587),
            _ => return Err(SettingError::Scheme),
        };
        Ok(Server { host, port: port.unwrap_or(usual_port), security, login })
    }
}

fn credentials(login: &str) -> Result<Credentials, SettingError> {
    let (name, password) = login.split_once(':').ok_or(SettingError::HalfALogin)?;
    if name.is_empty() || password.is_empty() {
        return Err(SettingError::HalfALogin);
    }
    Ok(Credentials::new(percent_decoded(name)?, percent_decoded(password)?))
}

fn percent_decoded(text: &str) -> Result<String, SettingError> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2).ok_or(SettingError::Encoding)?;
        bytes.push(u8::from_str_radix(code, 16).map_err(|_| SettingError::Encoding)?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).map_err(|_| SettingError::Encoding)
}

fn host_and_port(place: &str) -> Result<(String, Option<u16>), SettingError> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or(SettingError::Host)?;
            (host, port.strip_prefix(':'))
        }
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    if host.is_empty() || !host.chars().all(fits) {
        return Err(SettingError::Host);
    }
    let port = port.map(|port| port.parse().map_err(|_| SettingError::Port)).transpose()?;
    if port == Some(0) {
        return Err(SettingError::Port);
    }
    Ok((host.to_owned(), port))
}

fn implicit(tail: &str) -> Result<Security, SettingError> {
    match tail {
        "" | "/" => Ok(Security::Implicit),
        _ => Err(SettingError::Query),
    }
}

fn explicit(tail: &str, host: &str) -> Result<Security, SettingError> {
    let loopback = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    match tail.strip_prefix('/').unwrap_or(tail) {
        "" if loopback => Ok(Security::Plain),
        "" | "?tls=starttls" => Ok(Security::StartTls),
        "?tls=none" => Ok(Security::Plain),
        _ => Err(SettingError::Query),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_is_protected_unless_it_is_short_or_said_otherwise() {
        for (url, security, port) in [
            ("smtps://mail.example.org", Security::Implicit, 465),
            ("smtp://mail.example.org", Security::StartTls, 587),
            ("smtp://mail.example.org:25?tls=none", Security::Plain, 25),
            ("smtp://127.0.0.1:2525", Security::Plain, 2525),
            ("smtp://[::1]:2525/", Security::Plain, 2525),
            ("smtp://localhost?tls=starttls", Security::StartTls, 587),
            ("smtp://localhost.example.org", Security::StartTls, 587),
        ] {
            let server = Server::parse(url).unwrap();
            assert_eq!((server.security, server.port), (security, port), "{url}");
        }
    }

    #[test]
    fn a_login_may_hold_any_character() {
        let server =
            Server::parse("smtps://ada%40example.org:p%3Ass%25@w%C3%B6rd@mail.example.org")
                .unwrap();

        let expected = Credentials::new("ada@example.org".to_owned(), "p:ss%@wörd".to_owned());
        assert_eq!(server.login, Some(expected));
        assert_eq!(server.host, "mail.example.org");
    }

    #[test]
    fn a_setting_that_can_t_be_used_says_how_to_mend_it_and_keeps_the_password() {
        for (url, error) in [
            ("mail.example.org", SettingError::Scheme),
            ("http://mail.example.org", SettingError::Scheme),
            ("smtps://", SettingError::Host),
            ("smtps://name:hidden/word@mail.example.org", SettingError::Port),
            ("smtps://name:hidden@mail example", SettingError::Host),
            ("smtps://name:hidden@mail.example.org:70000", SettingError::Port),
            ("smtps://name:hidden@mail.example.org:0", SettingError::Port),
            ("smtps://name:hidden%zz@mail.example.org", SettingError::Encoding),
            ("smtps://hidden@mail.example.org", SettingError::HalfALogin),
            ("smtps://name:hidden@mail.example.org?tls=none", SettingError::Query),
            ("smtp://name:hidden@mail.example.org?tls=maybe", SettingError::Query),
        ] {
            assert_eq!(Server::parse(url), Err(error), "{url}");
            assert!(!error.to_string().contains("hidden"), "{error}");
        }
    }
}
