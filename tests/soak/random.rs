//! Chance that can be repeated: SplitMix64.

use muster::clock::Clock;

/// A row of numbers that follows from its seed.
#[derive(Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn of(seed: u64) -> Random {
        Random(seed)
    }

    /// A seed that nobody chose, short enough to be typed.
    pub(super) fn fresh_seed() -> u64 {
        let fraction = Clock::of_host().now().unix_timestamp_nanos() / 1_000 % 1_000_000;
        u64::try_from(fraction).unwrap_or_default().max(1)
    }

    /// Another row, for somebody of their own.
    pub(super) fn branch(&mut self) -> Random {
        Random(self.next())
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
