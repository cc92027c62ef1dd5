//! What others see of this Muster: its address, and whether anybody notices when it is down.

use super::Finding;
use crate::config::{HeartbeatUrl, PublicUrl};
use crate::notify::Heartbeat;

pub(super) fn public_url(url: &PublicUrl) -> Finding {
    if url.is_loopback() {
        let words = format!("{url} leads to this machine alone, and so do the links in mails");
        let mend = "set MUSTER_PUBLIC_URL to the address that people reach Muster by";
        return Finding::bad("public url", words, mend);
    }
    Finding::ok("public url", url.to_string())
}

pub(super) async fn heartbeat(url: Option<&HeartbeatUrl>) -> Finding {
    let Some(url) = url else {
        let words = "nobody outside notices when Muster itself is down";
        let mend = "get an address at a watch elsewhere that alarms when it is not asked each minute \
                    (such as healthchecks.io), and set MUSTER_HEARTBEAT_URL to it";
        return Finding::bad("heartbeat", words, mend);
    };
    let reached = async { Heartbeat::new(url.clone())?.reach().await };
    match reached.await {
        Ok(()) => Finding::ok("heartbeat", format!("{url} can be reached (nothing was sent)")),
        Err(error) => {
            let mend = "is MUSTER_HEARTBEAT_URL right, and does a firewall let this machine out?";
            Finding::bad("heartbeat", error.to_string(), mend)
        }
    }
}
