//! Integration tests, all in one binary.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chain;
