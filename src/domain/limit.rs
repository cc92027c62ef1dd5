//! How often something may be done, so that nobody floods other people, or guesses passwords.

use time::{Duration, OffsetDateTime};

/// So many in a window of time; beyond that, with `then_every`, one more in each such span, so that
/// who is slowed is never shut out for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What is counted; part of the subject.
    pub name: &'static str,
    /// How many at first.
    pub most: u32,
    /// How long they count.
    pub window: Duration,
    /// Beyond that.
    pub then_every: Option<Duration>,
}

const fn limit(name: &'static str, most: u32, minutes: i64) -> Limit {
    Limit { name, most, window: Duration::minutes(minutes), then_every: None }
}

const fn slowed(name: &'static str, most: u32) -> Limit {
    Limit { name, most, window: Duration::minutes(15), then_every: Some(Duration::seconds(10)) }
}

/// Wrong passwords for one account, from browsers that never signed in to it.
pub const SIGN_IN_ACCOUNT: Limit = slowed("sign-in account", 10);
/// Wrong passwords from one network address, from such browsers.
pub const SIGN_IN_ADDRESS: Limit = slowed("sign-in address", 30);
/// Wrong passwords from one browser that has signed in to the account before.
pub const SIGN_IN_BROWSER: Limit = slowed("sign-in browser", 10);
/// Wrong passwords typed again by somebody who is signed in.
pub const STEP_UP: Limit = slowed("step up", 10);
/// Incidents declared by one person.
pub const DECLARE: Limit = limit("declare", 10, 60);
/// Pages that one person causes by naming somebody for a role.
pub const NAME: Limit = limit("name", 30, 60);
/// Incidents reopened by one person, which pages people anew.
pub const REOPEN: Limit = limit("reopen", 10, 60);
/// Links for one person's account, by mail or by hand.
pub const LINK: Limit = limit("link", 5, 60);
/// Mails that one person has sent to verify addresses.
pub const VERIFICATION: Limit = limit("verification", 10, 60);
/// Test messages of one owner.
pub const TEST_MAIL: Limit = limit("test mail", 20, 60);

impl Limit {
    /// When the present window began.
    #[must_use]
    pub fn window_start(&self, now: OffsetDateTime) -> OffsetDateTime {
        let into = now.unix_timestamp().rem_euclid(self.window.whole_seconds().max(1));
        now.replace_nanosecond(0).unwrap_or(now) - Duration::seconds(into)
    }

    /// How long until another is let through, after `count` in this window, the last of them then;
    /// none: at once.
    #[must_use]
    pub fn wait(
        &self,
        count: u32,
        last: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Option<Duration> {
        if count < self.most {
            return None;
        }
        let end = self.window_start(now) + self.window;
        let next = match (self.then_every, last) {
            (Some(every), Some(last)) => (last + every).min(end),
            _ => end,
        };
        (next > now).then(|| next - now)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-11-14 02:15 UTC);

    #[test]
    fn what_is_limited_waits_for_the_next_window() {
        let limit = limit("x", 2, 15);
        let later = |minutes| START + Duration::minutes(minutes);
        assert_eq!(limit.window_start(later(14)), START);
        assert_eq!(limit.wait(1, Some(later(2)), later(3)), None);
        assert_eq!(limit.wait(2, Some(later(2)), later(3)), Some(Duration::minutes(12)));
        assert_eq!(limit.window_start(later(15)), later(15));
    }

    #[test]
    fn what_is_slowed_is_let_through_again_and_again() {
        let slowed = slowed("x", 10);
        let later = |seconds| START + Duration::seconds(seconds);
        assert_eq!(slowed.wait(9, Some(later(1)), later(1)), None);
        assert_eq!(slowed.wait(10, Some(later(1)), later(1)), Some(Duration::seconds(10)));
        assert_eq!(slowed.wait(10, Some(later(1)), later(11)), None);
        let end = Some(later(898));
        assert_eq!(slowed.wait(u32::MAX, end, later(899)), Some(Duration::SECOND), "it ends");
    }
}
