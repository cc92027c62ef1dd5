//! The door for browsers: understand the request, call one action, answer with a page.

pub mod assets;
pub mod pages;
pub mod parts;
