//! Words from fixed lists.

/// Objectives.
pub const OBJECTIVES: &[&str] = &["rto", "rpo", "mttr", "availability"];
/// How soon a function must be back.
pub const TIERS: &[&str] = &["critical", "important", "nice-to-have"];
/// What Muster does with a role.
pub const MARKS: &[&str] = &["command", "words", "database"];
/// In which order channels are tried.
pub const CHANNEL_RANKS: &[&str] = &["primary", "secondary", "tertiary", "public"];
/// What a channel is.
pub const CHANNEL_KINDS: &[&str] = &["phone", "mail", "chat", "status-page", "social", "website"];
/// What recurs.
pub const SCHEDULES: &[&str] = &["backup", "proof", "drill", "test", "review"];
/// Which copy is taken first.
pub const REPOSITORY_RANKS: &[&str] = &["primary", "secondary", "tertiary"];
/// What backups lie on.
pub const REPOSITORY_KINDS: &[&str] = &["local", "s3", "azure", "offline"];
/// When a list is ticked.
pub const MOMENTS: &[&str] = &["before-closing", "after-recovery"];
/// How a person is reached.
pub const CONTACTS: &[&str] = &["mail", "phone", "sms"];
