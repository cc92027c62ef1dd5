//! Deeds on accounts, and what makes an account's row believed: its seal.

mod address;
mod invitation;
mod password;
mod rights;
mod set_up;
mod standing;

pub use address::change_address;
pub use invitation::{Linked, MadeLink, accept, linked, make_link, send_link};
pub use password::change_password;
pub(super) use rights::keep_an_owner;
pub use rights::{disable, enable, set_rights};
pub use set_up::{
    Newcomer, SET_UP_LINK_LIVES, create, make_set_up_link, owner_exists, set_up,
    set_up_link_is_good,
};
pub use standing::Standing;
pub(super) use standing::{find, tell_broken_seal};
