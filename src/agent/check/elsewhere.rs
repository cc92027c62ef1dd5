//! Whether databases of other hosts can be proved here, whose kits `agent.toml` names.

use super::super::elsewhere::NotThere;
use super::super::settings::Elsewhere;
use super::super::{Host, Place};
use crate::domain::finding::Finding;

pub(super) fn check(place: &Place, here: &Host, block: &Elsewhere) -> Finding {
    let name = format!("elsewhere {}", block.kit.display());
    let host = match place.other(here, block) {
        Ok(host) => host,
        Err(why) => return Finding::bad(name, why.to_string(), mend(&why)),
    };
    let of = host.other.as_ref().map_or("", |other| &other.name);
    let all: Vec<_> = host.shared().map(|(name, it)| format!("{name} in {it}")).collect();
    if all.is_empty() {
        let words = format!("no repository of “{of}” can be reached from here");
        let mend = "only a bucket, a container or a share that is mounted here holds another host's backups";
        return Finding::bad(name, words, mend);
    }
    Finding::ok(name, format!("proves of “{of}” each day: {}", all.join(", ")))
}

fn mend(why: &NotThere) -> &'static str {
    match why {
        NotThere::NoKit(_) | NotThere::Stranger(_) => {
            "the newest sealed copy lies in that host's repository, under muster/; its words stand on the sheet"
        }
        NotThere::Own(_) => "take this [[elsewhere]] block out of agent.toml",
        NotThere::Identity(_) => "join first: it is by Muster's schedule that they are proved",
        NotThere::Agent(_) => "look at what lies in that folder, or open the kit into another one",
    }
}
