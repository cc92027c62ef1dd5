//! What pages are made of: one view struct and one partial a part.
//!
//! A part draws itself, so a page's template writes `{{ level }}` where a level stands, and the live
//! stream renders the very same struct. Wording, formats and choices are made in the constructors;
//! all text is escaped by the part's own template, which is why a part may stand unescaped in
//! another (`HtmlSafe`).

pub mod act;
pub mod bare;
pub mod clock;
pub mod csrf;
pub mod due;
pub mod empty;
pub mod entry;
pub mod error;
pub mod facts;
pub mod field;
pub mod functions;
pub mod head;
pub mod level;
pub mod level_reach;
pub mod markdown;
pub mod nav;
pub mod page;
pub mod person;
pub mod progress;
pub mod reach;
pub mod recovery_line;
pub mod situation;
pub mod spark;
pub mod state;
pub mod steps;
pub mod strip;
pub mod table;
pub mod top;
pub mod unsent;
pub mod words;
