//! Deeds on plans.
