//! The address of an outside watch: whoever knows it can say that Muster lives, so it is a secret.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;

use super::public_url::is_host;

/// Where an outside watch is told that Muster lives. Printing it shows its origin alone.
#[derive(Clone, PartialEq, Eq)]
pub struct HeartbeatUrl {
    https: bool,
    host: String,
    port: u16,
    target: String,
}

impl HeartbeatUrl {
    /// Whether it is reached over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// The host, an IPv6 address without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port as a request names them.
    #[must_use]
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Path and query, which are the secret.
    #[must_use]
    pub fn expose_target(&self) -> &str {
        &self.target
    }
}

impl fmt::Display for HeartbeatUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority())
    }
}

impl fmt::Debug for HeartbeatUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HeartbeatUrl({self}/…)")
    }
}

/// A text that is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("http:// or https:// and where the watch is told, such as https://hc-ping.com/your-uuid")]
pub struct NotAHeartbeatUrl;

impl FromStr for HeartbeatUrl {
    type Err = NotAHeartbeatUrl;

    fn from_str(text: &str) -> Result<HeartbeatUrl, NotAHeartbeatUrl> {
        let uri: Uri = text.parse().map_err(|_| NotAHeartbeatUrl)?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(NotAHeartbeatUrl),
        };
        let authority = uri.authority().ok_or(NotAHeartbeatUrl)?;
        let (host, port) = (authority.host(), authority.port());
        let bare = port.as_ref().map_or(host.to_owned(), |port| format!("{host}:{port}"));
        if !is_host(host) || text.contains('#') || authority.as_str() != bare {
            return Err(NotAHeartbeatUrl); // a name and password have no place here
        }
        let usual = if https { 443 } else { 80 };
        let port = port.map_or(usual, |port| port.as_u16());
        let target = uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        Ok(HeartbeatUrl { https, host: host.to_ascii_lowercase(), port, target })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_in_it_is_never_printed() {
        let url: HeartbeatUrl = "https://Watch.example.org/ping/hidden?x=1".parse().unwrap();

        assert_eq!(url.expose_target(), "/ping/hidden?x=1");
        assert_eq!(url.to_string(), "https://watch.example.org:443");
        assert!(!format!("{url:?}").contains("hidden"));
        let six: HeartbeatUrl = "http://[::1]:8000".parse().unwrap();
        assert_eq!(
            (six.host(), six.authority(), six.expose_target()),
            ("::1", "[::1]:8000".to_owned(), "/")
        );
    }

    #[test]
    fn what_can_not_be_asked_is_refused() {
        for text in [
            "",
            "watch.example.org/x",
            "ftp://h/x",
            "https://",
            "https://u:p@h/x",
            "http://h:port/x",
            "http://h/#x",
        ] {
            assert_eq!(text.parse::<HeartbeatUrl>(), Err(NotAHeartbeatUrl), "{text}");
        }
    }
}
