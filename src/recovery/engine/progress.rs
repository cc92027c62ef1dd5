//! How far a copy is, as the engine says with each file.

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Of 100.
    pub percent: f64,
    /// The size of the file that was copied last.
    pub bytes: u64,
}

impl Progress {
    /// Reads `P02 DETAIL: restore file PATH (478.3MB, 28.98%) checksum …`.
    #[must_use]
    pub fn read(line: &str) -> Option<Progress> {
        let (_, said) = line.split_once(" DETAIL: ")?;
        if !(said.starts_with("backup file ") || said.starts_with("restore file ")) {
            return None;
        }
        // A path may hold anything, so the brackets are looked for from behind.
        let (_, brackets) = said.rsplit_once(" (")?;
        let (size, percent) = brackets.split_once(')')?.0.split_once(", ")?;
        let percent = percent.strip_suffix('%')?.parse().ok()?;
        Some(Progress { percent, bytes: bytes(size)? })
    }
}

fn bytes(size: &str) -> Option<u64> {
    let units = [("TB", 4), ("GB", 3), ("MB", 2), ("KB", 1), ("B", 0)];
    let (digits, power) =
        units.into_iter().find_map(|(unit, power)| Some((size.strip_suffix(unit)?, power)))?;
    let number: f64 = digits.parse().ok()?;
    let bytes = number * 1024_f64.powi(power);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size for people"
    )]
    Some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_read_from_backups_and_restores_whatever_the_path_is_called() {
        let line = "2026-11-27 07:19:23.059 P01 DETAIL: backup file /d/base/5/1255 (768KB, 3.37%) checksum cf";
        assert_eq!(Progress::read(line), Some(Progress { percent: 3.37, bytes: 768 << 10 }));

        let odd = "t P02 DETAIL: restore file /a (1B, 9.00%)/b (1.5GB, 84.91%) checksum 00";
        assert_eq!(Progress::read(odd), Some(Progress { percent: 84.91, bytes: 3 << 29 }));

        for other in [
            "2026-11-27 07:19:37.588 P00 DETAIL: check '/dev/shm/exp/scratch' exists",
            "P00   INFO: backup start archive = 00000001000000000000000B, lsn = 0/B00028",
            "",
        ] {
            assert_eq!(Progress::read(other), None, "{other}");
        }
    }
}
