//! Deeds on people.
