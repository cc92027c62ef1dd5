//! Who asks, and by which address of ours. Headers that say so count from trusted proxies alone,
//! and are then removed, so that no handler can believe one by mistake.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{FORWARDED, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};

use crate::config::{Network, PublicUrl};

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";
const OTHERS: [&str; 4] =
    ["x-forwarded-host", "x-forwarded-port", "x-forwarded-server", "x-real-ip"];

/// The end of ours that a connection came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Here {
    /// Its address.
    pub address: SocketAddr,
    /// Whether it speaks TLS.
    pub tls: bool,
}

/// The far end of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The client's address, as seen by the outermost trusted proxy.
    pub peer: IpAddr,
    /// Scheme, host and port that the browser has in its address line; none if it names no one
    /// host, and the guard lets only health checks through with that.
    pub origin: Option<PublicUrl>,
    /// The address of ours that the connection came to, where that is known.
    pub here: Option<SocketAddr>,
    /// Whether it shook hands with this very server: over TLS, and through no trusted proxy.
    pub shook_hands: bool,
}

impl Caller {
    /// Whether the browser came over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.origin.as_ref().is_some_and(PublicUrl::is_https)
    }

    /// Whether the browser keeps a cookie marked `Secure` from here: TLS, or this very machine.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.is_https() || self.origin.as_ref().is_some_and(PublicUrl::is_loopback)
    }

    /// Reads them off a request, and removes what only proxies may say.
    pub(super) fn take_from(parts: &mut Parts, trusted: &[Network]) -> Caller {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let here = parts.extensions.get::<Here>();
        let nobody = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let nearest = connected.map_or(nobody, |info| info.0.ip().to_canonical());
        let believed = is_in(trusted, nearest);
        let said = last_of(&parts.headers, FORWARDED_PROTO).filter(|_| believed);
        let https = said.map_or(here.is_some_and(|here| here.tls), |scheme| scheme == "https");
        let shook_hands = !believed && here.is_some_and(|here| here.tls);
        let here = here.map(|here| here.address);
        let peer = outermost(nearest, &parts.headers, trusted);
        for name in OTHERS.into_iter().chain([FORWARDED_FOR, FORWARDED_PROTO]) {
            parts.headers.remove(name);
        }
        parts.headers.remove(FORWARDED);
        Caller { peer, origin: origin(&parts.uri, &parts.headers, https), here, shook_hands }
    }
}

fn is_in(networks: &[Network], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(address))
}

/// The items of a list that may stretch over several lines, last first.
fn backwards<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let lines: Vec<_> = headers.get_all(name).into_iter().collect();
    let lines = lines.into_iter().rev().map(|line| line.to_str().unwrap_or_default());
    lines.flat_map(|line| line.rsplit(',')).map(str::trim)
}

fn last_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    backwards(headers, name).next()
}

/// Walks back over addresses that trusted proxies wrote down, to the first that is none of them.
fn outermost(nearest: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let mut peer = nearest;
    for item in backwards(headers, FORWARDED_FOR) {
        if !is_in(trusted, peer) {
            break;
        }
        let Some(before) = address(item) else { break };
        peer = before.to_canonical();
    }
    peer
}

/// An address, with or without a port.
fn address(item: &str) -> Option<IpAddr> {
    let bare = item.strip_prefix('[').and_then(|item| item.strip_suffix(']')).unwrap_or(item);
    bare.parse().ok().or_else(|| item.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

/// The address asked for; none where target and `Host` disagree or name no host.
fn origin(uri: &Uri, headers: &HeaderMap, https: bool) -> Option<PublicUrl> {
    let mut hosts = headers.get_all(HOST).into_iter();
    let (host, second) = (hosts.next(), hosts.next());
    let host = host.map(|host| host.to_str().unwrap_or_default());
    let target = uri.authority().map(axum::http::uri::Authority::as_str);
    let agree = target.zip(host).is_none_or(|(target, host)| target.eq_ignore_ascii_case(host));
    let named = target.or(host).filter(|_| agree && second.is_none())?;
    let scheme = if https { "https" } else { "http" };
    format!("{scheme}://{named}").parse().ok().filter(|_| !named.contains('/'))
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Caller, StatusCode> {
        parts.extensions.get().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn caller(connected: &str, uri: &str, headers: &[(&str, &str)]) -> (Caller, HeaderMap) {
        let trusted = ["10.0.0.1".parse().unwrap(), "10.1.0.0/16".parse().unwrap()];
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let socket = SocketAddr::new(connected.parse().unwrap(), 4711);
        parts.extensions.insert(ConnectInfo(socket));
        (Caller::take_from(&mut parts, &trusted), parts.headers)
    }

    #[test]
    fn only_trusted_proxies_say_who_asks() {
        let table: [(&str, &[&str], &str); 11] = [
            ("192.0.2.9", &[], "192.0.2.9"),
            ("192.0.2.9", &["203.0.113.5"], "192.0.2.9"),
            ("10.0.0.1", &["203.0.113.5"], "203.0.113.5"),
            ("10.0.0.1", &["1.1.1.1, 203.0.113.5"], "203.0.113.5"),
            ("10.0.0.1", &["1.1.1.1, 203.0.113.5, 10.1.2.3"], "203.0.113.5"),
            ("10.0.0.1", &["1.1.1.1", "203.0.113.5", "10.1.2.3"], "203.0.113.5"),
            ("10.0.0.1", &["10.1.2.3"], "10.1.2.3"),
            ("10.0.0.1", &["203.0.113.5, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["[2001:db8::1]:443"], "2001:db8::1"),
            ("::ffff:10.0.0.1", &["203.0.113.5:99"], "203.0.113.5"),
            ("10.0.0.1", &[""], "10.0.0.1"),
        ];
        for (connected, lines, peer) in table {
            let headers: Vec<_> = lines.iter().map(|line| (FORWARDED_FOR, *line)).collect();
            let (caller, left) = caller(connected, "/", &headers);
            assert_eq!(caller.peer, peer.parse::<IpAddr>().unwrap(), "{connected} {lines:?}");
            assert!(left.is_empty(), "{left:?}");
        }
    }

    #[test]
    fn a_handshake_counts_as_the_clients_own_where_no_trusted_proxy_is_between() {
        for (connected, tls, own) in
            [("192.0.2.9", true, true), ("192.0.2.9", false, false), ("10.0.0.1", true, false)]
        {
            let (mut parts, ()) = Request::get("/").body(()).unwrap().into_parts();
            let far = SocketAddr::new(connected.parse().unwrap(), 4711);
            let address = SocketAddr::new([192, 0, 2, 1].into(), 8443);
            parts.extensions.insert(ConnectInfo(far));
            parts.extensions.insert(Here { address, tls });
            let caller = Caller::take_from(&mut parts, &["10.0.0.1".parse().unwrap()]);
            assert_eq!(caller.shook_hands, own, "{connected} {tls}");
        }
    }

    #[test]
    fn only_trusted_proxies_say_that_it_was_tls() {
        let table = [
            ("10.0.0.1", "https", true),
            ("10.0.0.1", "http", false),
            ("10.0.0.1", "https, http", false),
            ("10.0.0.1", "http, https", true),
            ("192.0.2.9", "https", false),
        ];
        for (connected, proto, https) in table {
            let headers = [("host", "m.example.org"), (FORWARDED_PROTO, proto)];
            assert_eq!(caller(connected, "/", &headers).0.is_https(), https, "{connected} {proto}");
        }
    }

    #[test]
    fn over_a_connection_with_tls_it_was_tls_unless_a_trusted_proxy_says_otherwise() {
        for (connected, proto, https) in [
            ("192.0.2.9", None, true),
            ("192.0.2.9", Some("http"), true),
            ("10.0.0.1", None, true),
            ("10.0.0.1", Some("http"), false),
        ] {
            let mut request = Request::get("/").header("host", "m.example.org");
            if let Some(proto) = proto {
                request = request.header(FORWARDED_PROTO, proto);
            }
            let (mut parts, ()) = request.body(()).unwrap().into_parts();
            let socket = SocketAddr::new(connected.parse().unwrap(), 4711);
            parts.extensions.insert(ConnectInfo(socket));
            parts.extensions.insert(Here { address: socket, tls: true });

            let caller = Caller::take_from(&mut parts, &["10.0.0.1".parse().unwrap()]);

            assert_eq!(caller.is_https(), https, "{connected} {proto:?}");
        }
    }

    #[test]
    fn the_address_asked_for_is_one_host_and_nothing_else() {
        let table: [(&str, &[&str], Option<&str>); 13] = [
            ("/", &["M.example.org"], Some("http://m.example.org")),
            ("/", &["m.example.org:80"], Some("http://m.example.org")),
            ("/", &["[::1]:8080"], Some("http://[::1]:8080")),
            ("http://m.example.org/x", &[], Some("http://m.example.org")),
            ("http://m.example.org/x", &["m.example.org"], Some("http://m.example.org")),
            ("http://m.example.org/x", &["evil.example"], None),
            ("/", &[], None),
            ("/", &[""], None),
            ("/", &["a.example", "a.example"], None),
            ("/", &["me@m.example.org"], None),
            ("/", &["m.example.org/evil"], None),
            ("/", &["m.example.org:99999"], None),
            ("/", &["m.example.org/"], None),
        ];
        for (uri, hosts, origin) in table {
            let headers: Vec<_> = hosts.iter().map(|host| ("host", *host)).collect();
            let found = caller("192.0.2.9", uri, &headers).0.origin.map(|o| o.to_string());
            assert_eq!(found.as_deref(), origin, "{uri} {hosts:?}");
        }
    }

    #[test]
    fn secure_cookies_are_kept_over_tls_and_on_this_machine() {
        let secure = |host| caller("127.0.0.1", "/", &[("host", host)]).0.is_secure();

        assert!(secure("localhost:8080"));
        assert!(secure("127.0.0.1:8080"));
        assert!(!secure("192.168.0.5:8080"));
    }
}
