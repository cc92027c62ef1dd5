//! The address people reach Muster under: what links in mails begin with.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use axum::http::Uri;

/// Scheme, host and port of this installation, without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    https: bool,
    host: String,
    port: Option<u16>,
}

impl PublicUrl {
    /// The address of a socket; "any address" becomes the loopback one.
    #[must_use]
    pub fn of_socket(socket: SocketAddr, https: bool) -> PublicUrl {
        let ip = match socket.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let host = match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        PublicUrl { https, host, port: Some(socket.port()).filter(|port| *port != usual(https)) }
    }

    /// The same place, where it is asked over TLS.
    #[must_use]
    pub fn over_tls(self) -> PublicUrl {
        let port = self.port.filter(|port| *port != usual(true));
        PublicUrl { https: true, port, ..self }
    }

    /// Whether people reach it over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// The host in small letters, an IPv6 address in its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, also where it is the usual one and goes without saying.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(usual(self.https))
    }

    /// Whether only this machine can follow links to it; worth a warning when mail is set up.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        self.host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// An absolute link to a path that begins with a slash.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{self}{path}")
    }
}

/// Prints the origin, as a browser writes it: no slash at the end, no usual port.
impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// A text that is no address Muster can be reached under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("http:// or https://, a host, and nothing after it, such as https://muster.example.org")]
pub struct NotAPublicUrl;

impl FromStr for PublicUrl {
    type Err = NotAPublicUrl;

    fn from_str(text: &str) -> Result<PublicUrl, NotAPublicUrl> {
        let uri: Uri = text.parse().map_err(|_| NotAPublicUrl)?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(NotAPublicUrl),
        };
        let authority = uri.authority().ok_or(NotAPublicUrl)?.as_str();
        let ends_there = uri.path() == "/" && uri.query().is_none() && !text.contains('#');
        let (host, port) = split_port(authority).ok_or(NotAPublicUrl)?;
        if !ends_there || !is_host(host) {
            return Err(NotAPublicUrl);
        }
        let port = port.filter(|port| *port != usual(https));
        Ok(PublicUrl { https, host: host.to_ascii_lowercase(), port })
    }
}

/// The port that goes without saying.
fn usual(https: bool) -> u16 {
    if https { 443 } else { 80 }
}

/// Takes `host:port` apart; none where what follows the colon is no port.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => Some((host, Some(port.parse().ok()?))),
        _ => Some((authority, None)),
    }
}

/// Whether a text is a host name, an IPv4 address, or an IPv6 address in brackets.
pub(super) fn is_host(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix('[') {
        return rest.strip_suffix(']').is_some_and(|ip| ip.parse::<Ipv6Addr>().is_ok());
    }
    let labels = text.strip_suffix('.').unwrap_or(text).split('.');
    text.len() <= 253
        && labels.into_iter().all(|label| {
            let known = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
            !label.is_empty() && label.len() <= 63 && label.bytes().all(known)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_a_browser_writes_its_origin() {
        let table = [
            ("https://Muster.Example.org/", "https://muster.example.org"),
            ("https://muster.example.org:443", "https://muster.example.org"),
            ("http://muster.example.org:443", "http://muster.example.org:443"),
            ("http://127.0.0.1:80", "http://127.0.0.1"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ];
        for (given, printed) in table {
            assert_eq!(given.parse::<PublicUrl>().unwrap().to_string(), printed);
        }
    }

    #[test]
    fn what_people_cannot_open_is_refused() {
        let table = [
            "",
            "muster.example.org",
            "ftp://muster.example.org",
            "https://",
            "https://muster.example.org/app",
            "https://muster.example.org/?a=b",
            "https://muster.example.org/#top",
            "https://me:pw@muster.example.org",
            "https://muster.example.org:port",
            "https://muster.example.org:70000",
            "https://[::1",
            "https://müster.example.org",
            "https://a..b",
        ];
        for text in table {
            assert_eq!(text.parse::<PublicUrl>(), Err(NotAPublicUrl), "{text}");
        }
    }

    #[test]
    fn a_socket_open_to_all_is_linked_to_by_its_loopback_address() {
        let of = |socket: &str| PublicUrl::of_socket(socket.parse().unwrap(), false);

        assert_eq!(of("0.0.0.0:8080").to_string(), "http://127.0.0.1:8080");
        assert_eq!(of("[::]:8080").to_string(), "http://[::1]:8080");
        assert!(of("[::]:8080").is_loopback());
        assert_eq!(of("192.0.2.7:80").link("/status"), "http://192.0.2.7/status");
        assert!(!of("192.0.2.7:80").is_loopback());
    }

    #[test]
    fn an_address_over_tls_keeps_its_port_unless_that_goes_without_saying() {
        let of = |socket: &str| PublicUrl::of_socket(socket.parse().unwrap(), true).to_string();
        assert_eq!(of("192.0.2.7:8443"), "https://192.0.2.7:8443");
        assert_eq!(of("192.0.2.7:443"), "https://192.0.2.7");
        assert_eq!(of("192.0.2.7:80"), "https://192.0.2.7:80");

        let over = |url: &str| url.parse::<PublicUrl>().unwrap().over_tls().to_string();
        assert_eq!(over("http://m.example.org:8443"), "https://m.example.org:8443");
        assert_eq!(over("http://m.example.org:443"), "https://m.example.org");
        assert_eq!(over("http://m.example.org"), "https://m.example.org");
    }
}
