//! Paging on the example plan: who is mailed when, and what becomes of a send.

mod reopening;
mod scene;
mod sending;
mod table;
