//! The certificate that serve shows: whether it can be used, until when, and who believes it.

use time::OffsetDateTime;

use super::Finding;
use crate::config::{PublicUrl, Settings};
use crate::domain::civil;
use crate::tls::{Pair, Standing};

pub(super) fn check(settings: &Settings, now: OffsetDateTime) -> Finding {
    let url = &settings.server.public_url;
    let Some(files) = &settings.tls else { return without(url) };
    match Pair::read(&files.certificate, &files.key) {
        Ok(pair) => judge(&pair, url, now),
        Err(error) => {
            let mend = format!("{}. A serve that runs goes on with the pair it has", error.mend());
            Finding::bad("tls", error.to_string(), mend)
        }
    }
}

fn without(url: &PublicUrl) -> Finding {
    if url.is_https() {
        return Finding::ok("tls", "a proxy's work: serve has no certificate of its own");
    }
    if url.is_loopback() {
        return Finding::ok("tls", "none, and none is needed on this machine alone");
    }
    let words = format!("{url} is not encrypted: passwords cross the network in the clear");
    let mend = "set MUSTER_TLS_CERTIFICATE and MUSTER_TLS_KEY, or put a proxy with a certificate before it, \
                and set MUSTER_PUBLIC_URL to https://";
    Finding::warn("tls", words, mend)
}

fn judge(pair: &Pair, url: &PublicUrl, now: OffsetDateTime) -> Finding {
    let validity = pair.validity();
    let left = civil::span((validity.until - now).abs());
    let renew = "renew it (the tool that does so, such as certbot, says why it did not); serve takes \
                 the new files by itself";
    let standing = validity.standing(now);
    match standing {
        Standing::NotYet => {
            let words = format!("it is good from {} only", validity.from);
            return Finding::bad(
                "tls",
                words,
                "is this machine's clock right? else wait, or name the one before it",
            );
        }
        Standing::Expired => return Finding::bad("tls", format!("it ended {left} ago"), renew),
        Standing::Now => return Finding::bad("tls", format!("it ends in {left}"), renew),
        Standing::Soon | Standing::Good => {}
    }
    let host = url.host().trim_start_matches('[').trim_end_matches(']');
    if !pair.is_for(host) {
        let names = match pair.names() {
            [] => "nobody".to_owned(),
            names => names.join(", "),
        };
        let words = format!("it is for {names}, and people ask for {host}");
        return Finding::bad("tls", words, "get one for that name, or mend MUSTER_PUBLIC_URL");
    }
    if standing == Standing::Soon {
        return Finding::warn("tls", format!("it ends in {left}"), renew);
    }
    if !url.is_https() {
        let words = format!("serve speaks https, and links in mails begin with {url}");
        return Finding::warn("tls", words, "set MUSTER_PUBLIC_URL to https://");
    }
    if let Err(error) = pair.is_trusted(host, now) {
        let words = format!("this machine does not trust it ({error}), so browsers may not");
        let mend = "where an authority signed it, put the certificates between the two into its file, too \
                    (often fullchain.pem); one of your own is known only where you made it known";
        return Finding::warn("tls", words, mend);
    }
    Finding::ok("tls", format!("for {host}, good for {left}"))
}
