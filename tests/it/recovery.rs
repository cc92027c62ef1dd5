//! `muster agent` on real clusters and real engines: backups, recovery points, proofs, and what must
//! not be called proved.

mod allowed;
mod attached;
mod azure;
mod bucket;
mod clock;
mod dumps;
mod elsewhere;
mod expiry;
mod faults;
mod full;
mod interrupted;
mod kills;
mod kit;
mod major;
mod ordered;
mod planned;
mod questions;
mod repositories;
mod restored;
mod scene;
mod slow;
mod told;
mod whole;
