//! What goes wrong with the database, on purpose: what is answered meanwhile, and how soon all is
//! as before.

mod classes;
mod outages;
mod scene;
mod table;
