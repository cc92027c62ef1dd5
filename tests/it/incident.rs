//! An incident's own pages, through the router: what people press and type on them.

mod affected;
mod briefing;
mod checks;
mod command;
mod edit;
mod entries;
mod merge;
mod merge_races;
mod opening;
mod people;
mod runbooks;
mod scene;
mod tasks;
