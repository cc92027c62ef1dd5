//! The one layer before all handlers: who asks, under which name, and whether a form is ours.
//!
//! Every request passes it, whatever its path: a handler can't forget to be guarded. It finds the
//! caller's address behind trusted proxies, answers to known names alone, refuses forms that
//! another site made, bounds body and time, and sets the headers of every answer.

mod aside;
mod body;
mod caller;
mod csrf;
mod forgery;
mod layer;
mod names;
mod own_path;
mod parts;
mod refusal;
pub mod session_cookie;

pub use aside::{Aside, BACK, PASSWORD};
pub use body::{FORM_LIMIT, UPLOAD_LIMIT};
pub use caller::{Caller, Here};
pub use csrf::{Csrf, CsrfKey};
pub use layer::Guard;
pub use own_path::own_path;
pub use refusal::Refusal;
