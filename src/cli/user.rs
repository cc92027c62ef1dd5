//! `muster user`: accounts from the command line, for scripts and for a lost set-up link.

use std::io::BufRead as _;

use anyhow::Context as _;

use crate::actions;
use crate::actions::accounts::Newcomer;
use crate::cli::NewUser;
use crate::cli::contact::Contact;
use crate::cli::serve::keep_link;
use crate::config::Settings;
use crate::web::links;

/// `muster user add`: the password is the first line of standard input.
///
/// # Errors
/// What was typed wrong, or what the database says.
pub(super) async fn add(contact: &Contact, new: &NewUser) -> anyhow::Result<String> {
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password).context("standard input can't be read")?;
    let newcomer = Newcomer {
        name: &new.name,
        email: &new.email,
        password: password.trim_end_matches(['\r', '\n']),
        key: new.key.as_deref(),
        rights: new.rights.iter().copied().collect(),
    };
    let Contact { db, ring, passwords, clock, .. } = contact;
    actions::accounts::create(db, ring, passwords, &newcomer, clock.now()).await?;
    Ok(format!("{} can sign in as {}.", new.name.trim(), new.email.trim()))
}

/// `muster user setup-link`
///
/// # Errors
/// Refused once there is an owner.
pub(super) async fn set_up_link(contact: &Contact, settings: &Settings) -> anyhow::Result<String> {
    let token = actions::accounts::make_set_up_link(&contact.db, contact.clock.now()).await?;
    let link = settings.server.public_url.link(&links::set_up(&token.expose()));
    keep_link(&settings.data.dir, &link)?;
    Ok(link)
}
