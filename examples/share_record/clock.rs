//! The current time, if the clock is plausible. Days are UTC days: all hospitals have the same day.
//! West of Greenwich, it begins on the evening before.

use std::time::{SystemTime, UNIX_EPOCH};

use medseal::policy::Date;

pub(crate) const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// A clock before 1970 or after 9999 is wrong, and so are the validity periods computed from it.
pub(crate) const WRONG: &str = "the system clock is wrong: set it";

/// Returns the milliseconds since 1970, and the UTC day in any time zone.
pub(crate) fn read(clock: SystemTime) -> Option<(u64, Date)> {
    let ms = u64::try_from(clock.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()?;
    let today = Date::from_days(u32::try_from(ms / DAY_MS).ok()?)?;
    Some((ms, today))
}
