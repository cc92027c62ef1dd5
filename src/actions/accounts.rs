//! Deeds on accounts, and what makes an account's row believed: its seal.

mod invitation;
mod password;
mod rights;
mod set_up;
mod sign_in;
mod standing;

pub use invitation::{accept, invite, link_person, reset};
pub use password::change_password;
pub use rights::{disable, enable, set_rights};
pub use set_up::{NewAccount, NewOwner, add, make_setup_link, set_up, setup_link_is_good};
pub use sign_in::sign_in;
pub use standing::Standing;
pub(super) use standing::{find, tell_broken_seal};
