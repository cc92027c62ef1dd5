//! Where Muster is served, and under which names.

use std::net::{Ipv4Addr, SocketAddr};

use super::key;
use super::network::Network;
use super::public_url::{PublicUrl, is_host};
use super::sources::Sources;

/// The address served on, the names answered to, the proxies believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Where to listen.
    pub listen: SocketAddr,
    /// What links begin with.
    pub public_url: PublicUrl,
    /// Host names accepted besides the public one, in small letters.
    pub hosts: Vec<String>,
    /// Whose `X-Forwarded-*` headers count.
    pub trusted_proxies: Vec<Network>,
}

pub(super) fn read(sources: &mut Sources, https: bool) -> Server {
    let listen = sources.one(key::LISTEN, |text| {
        text.text.parse().map_err(|_| "an address and a port, such as 127.0.0.1:8080")
    });
    let listen = listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)));
    let public_url = sources.one(key::PUBLIC_URL, |text| text.text.parse());
    let hosts = sources.many(key::HOSTS, |name| {
        let wanted = "a host name without scheme or port, such as muster.example.org";
        is_host(name).then(|| name.to_ascii_lowercase()).ok_or(wanted)
    });
    Server {
        listen,
        public_url: public_url.unwrap_or_else(|| PublicUrl::of_socket(listen, https)),
        hosts: hosts.unwrap_or_default(),
        trusted_proxies: sources.many(key::TRUSTED_PROXIES, str::parse).unwrap_or_default(),
    }
}
