//! Which moments can be restored, and which can't though earlier ones can.

use time::OffsetDateTime;

use super::exposure::Exposure;
use super::listed::Listed;

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Its first moment.
    pub from: OffsetDateTime,
    /// Its last.
    pub until: OffsetDateTime,
}

/// All moments that can be restored, in stretches without a hole, the oldest first; as of a look at that time.
#[must_use]
pub fn coverage(points: &[Listed], exposure: &Exposure, at: OffsetDateTime) -> Vec<Stretch> {
    let good = || points.iter().filter(|it| it.opens && !it.damaged);
    let newest = good().filter(|it| it.gap.is_none()).max_by_key(|it| it.stopped);
    let reaches = match exposure {
        Exposure::Nothing => Some(at),
        Exposure::Since { oldest, .. } => Some(*oldest),
        Exposure::Everything | Exposure::Unknown(_) => None,
    };
    let shares = |it: &Listed| {
        it.gap.is_none() && newest.is_some_and(|newest| newest.unbroken_until == it.unbroken_until)
    };
    let mut stretches: Vec<Stretch> = good()
        .map(|it| {
            let until = reaches.filter(|_| shares(it)).or(it.last_commit);
            Stretch { from: it.stopped, until: until.unwrap_or(it.stopped).max(it.stopped) }
        })
        .collect();
    stretches.sort_by_key(|it| it.from);
    stretches.into_iter().fold(Vec::new(), |mut all: Vec<Stretch>, next| {
        match all.last_mut() {
            Some(last) if next.from <= last.until => last.until = last.until.max(next.until),
            _ => all.push(next),
        }
        all
    })
}

/// What lies between them.
#[must_use]
pub fn gaps(covered: &[Stretch]) -> Vec<Stretch> {
    let pairs = covered.windows(2);
    pairs.map(|pair| Stretch { from: pair[0].until, until: pair[1].from }).collect()
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::super::listed::ListedGap;
    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    fn ago(hours: i64) -> OffsetDateTime {
        NOON - Duration::hours(hours)
    }

    fn point(hours: i64, until: Option<&str>) -> Listed {
        Listed { stopped: ago(hours), unbroken_until: until.map(str::to_owned), ..Listed::sample() }
    }

    #[test]
    fn a_chain_that_several_points_share_is_one_stretch_up_to_what_would_be_lost() {
        let points = [point(30, Some("9")), point(6, Some("9"))];
        let stretch = |until| [Stretch { from: ago(30), until }];
        assert_eq!(coverage(&points, &Exposure::Nothing, NOON), stretch(NOON));
        let since = Exposure::Since { oldest: ago(1), exact: true };
        assert_eq!(coverage(&points, &since, NOON), stretch(ago(1)));
        assert_eq!(
            coverage(&points, &Exposure::Everything, NOON)[0].until,
            ago(30),
            "nobody knows"
        );
        assert_eq!(coverage(&[], &Exposure::Nothing, NOON), []);
    }

    #[test]
    fn between_a_hole_and_the_next_backup_nothing_can_be_restored() {
        let gap = Some(ListedGap { first: "3".to_owned(), missing: 1, behind: 4 });
        let before = Listed { gap, last_commit: Some(ago(20)), ..point(30, Some("2")) };
        let mut points = vec![before, point(6, Some("9"))];
        let covered = coverage(&points, &Exposure::Nothing, NOON);
        assert_eq!(covered.len(), 2);
        assert_eq!(gaps(&covered), [Stretch { from: ago(20), until: ago(6) }]);

        points.push(Listed { damaged: true, ..point(10, Some("9")) });
        points.push(Listed { opens: false, ..point(15, None) });
        assert_eq!(coverage(&points, &Exposure::Nothing, NOON), covered, "they restore nothing");
    }

    #[test]
    fn an_abandoned_branch_ends_with_its_last_commit() {
        let abandoned = Listed { last_commit: Some(ago(8)), ..point(9, Some("b")) };
        let covered = coverage(&[abandoned, point(6, Some("9"))], &Exposure::Nothing, NOON);
        assert_eq!(gaps(&covered), [Stretch { from: ago(8), until: ago(6) }]);
    }
}
