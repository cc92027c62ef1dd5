//! The names this server answers to. Any other means a page that wants to reach it by a name of
//! its own (DNS rebinding), or a link that would lead elsewhere.

use std::net::{IpAddr, SocketAddr};

use crate::config::{PublicUrl, Server};

/// Public name, listed names, and this machine's own on the port that is served.
#[derive(Debug, Clone)]
pub(super) struct Names {
    listed: Vec<String>,
    port: u16,
}

impl Names {
    pub(super) fn new(server: &Server, port: u16) -> Names {
        let public = server.public_url.host().to_owned();
        let all = server.hosts.iter().cloned().chain([public]);
        Names { listed: all.map(|name| bare(&name).to_owned()).collect(), port }
    }

    /// Whether a request for this address is for us; proxies choose the port of public names. The
    /// number that the connection came to is ours, too: no foreign page can pass a number off as
    /// its name, and when names can't be resolved a number is all that people have.
    pub(super) fn include(&self, address: &PublicUrl, here: Option<SocketAddr>) -> bool {
        let listed = self.listed.iter().any(|name| name == bare(address.host()));
        let own = here.is_some_and(|here| {
            number(address.host()) == Some(here.ip().to_canonical())
                && address.port() == here.port()
        });
        listed || own || (address.is_loopback() && address.port() == self.port)
    }
}

/// The address that a host is, where it is no name.
fn number(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    Some(bare.parse::<IpAddr>().ok()?.to_canonical())
}

/// A name without the dot that a resolver lets stand at its end.
fn bare(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_are_the_public_one_listed_ones_and_loopback_on_our_port() {
        let server = Server {
            listen: "127.0.0.1:8080".parse().unwrap(),
            public_url: "https://muster.example.org".parse().unwrap(),
            hosts: vec!["dr.example.org".to_owned(), "192.0.2.7".to_owned()],
            trusted_proxies: Vec::new(),
        };
        let names = Names::new(&server, 8080);
        let table = [
            ("https://muster.example.org", true),
            ("http://muster.example.org:8080", true),
            ("http://muster.example.org.", true),
            ("http://MUSTER.example.org", true),
            ("http://dr.example.org", true),
            ("http://192.0.2.7:9", true),
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080", true),
            ("http://127.9.9.9:8080", true),
            ("http://[::1]:8080", true),
            ("http://localhost:9090", false),
            ("http://localhost", false),
            ("http://127.0.0.1", false),
            ("http://evil.example", false),
            ("http://muster.example.org.evil.example", false),
            ("http://xmuster.example.org", false),
            ("http://localhost.evil.example:8080", false),
            ("http://192.0.2.8:8080", false),
            ("http://0.0.0.0:8080", false),
        ];
        for (address, known) in table {
            assert_eq!(names.include(&address.parse().unwrap(), None), known, "{address}");
        }
    }

    #[test]
    fn the_number_that_a_connection_came_to_is_ours_on_its_port() {
        let server = Server {
            listen: "0.0.0.0:8080".parse().unwrap(),
            public_url: "https://muster.example.org".parse().unwrap(),
            hosts: Vec::new(),
            trusted_proxies: Vec::new(),
        };
        let names = Names::new(&server, 8080);
        let (four, six) = ("192.0.2.7:8080", "[2001:db8::7]:8080");
        for (here, address, known) in [
            (four, "http://192.0.2.7:8080", true),
            ("[::ffff:192.0.2.7]:8080", "http://192.0.2.7:8080", true),
            (six, "http://[2001:db8::7]:8080", true),
            (four, "http://192.0.2.7", false),
            (four, "http://192.0.2.8:8080", false),
            (four, "http://evil.example:8080", false),
            (four, "http://192.0.2.7.evil.example:8080", false),
        ] {
            let here = Some(here.parse().unwrap());
            assert_eq!(names.include(&address.parse().unwrap(), here), known, "{address}");
        }
    }
}
