//! What time it is, if the clock can be believed. Days are UTC days: all hospitals have the same
//! day, and west of Greenwich it begins on the evening before.

use std::time::{SystemTime, UNIX_EPOCH};

use medseal::policy::Date;

pub(crate) const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// A clock before 1970 or after 9999 is wrong, and so would be every validity
/// that is counted from it.
pub(crate) const WRONG: &str = "the system clock is wrong";

/// The milliseconds since 1970, and the day, which is that of UTC wherever this runs.
pub(crate) fn read(clock: SystemTime) -> Option<(u64, Date)> {
    let ms = u64::try_from(clock.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()?;
    let today = Date::from_days(u32::try_from(ms / DAY_MS).ok()?)?;
    Some((ms, today))
}
