//! Points in time as logs write them (RFC 3339), and the way back.
//!
//! Reads and writes text; what time it is, the callers know. Used by the rest of `push`, and by `rotate`.

use std::fmt;

const SECOND: i64 = 1_000_000_000;

/// A point in time: nanoseconds since 1970, which reach to the year 2262.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

impl Moment {
    /// So many milliseconds after the start of 1970.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(SECOND / 1000))
    }

    /// Reads `2026-03-01T10:20:30.5Z`, with any number of digits and any zone; a date alone is its first moment in UTC.
    pub fn read(text: &str) -> Option<Self> {
        let (date, time) = match text.split_at_checked(10)? {
            (date, "") => (date, "00:00:00Z"),
            (date, time) => (date, time.strip_prefix(['T', 't', ' '])?),
        };
        let days = days(date)?;
        let (clock, rest) = time.split_at_checked(8)?;
        let [hour, minute, second] = numbers(clock, ':')?;
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let (nanos, zone) = fraction(rest)?;
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset(zone)?;
        seconds.checked_mul(SECOND)?.checked_add(nanos).map(Self)
    }

    /// The milliseconds from another moment to this one; none where that one is later.
    pub fn millis_since(self, earlier: Self) -> u64 {
        let nanos = self.0.saturating_sub(earlier.0).max(0);
        u64::try_from(nanos / (SECOND / 1000)).unwrap_or(0)
    }

    /// So many seconds before.
    #[must_use]
    pub fn before(self, seconds: i64) -> Self {
        Self(self.0.saturating_sub(seconds.saturating_mul(SECOND)))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, nanos) = (self.0.div_euclid(SECOND), self.0.rem_euclid(SECOND));
        let (day, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = date(day);
        let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
        let millis = nanos / (SECOND / 1000);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"
        )
    }
}

/// Days since 1970 of a date such as `2026-03-01`.
fn days(date: &str) -> Option<i64> {
    const LENGTHS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let (year, rest) = date.split_at_checked(4)?;
    let year = number(year)?;
    let [month, day] = numbers(rest.strip_prefix('-')?, '-')?;
    let index = usize::try_from(month).ok()?.checked_sub(1)?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = LENGTHS.get(index)? + i64::from(is_leap && month == 2);
    if !(1970..2262).contains(&year) || day < 1 || day > length {
        return None;
    }
    // Counted from a first of March, so that the day of a leap year is the last of its year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let of_years = 365 * year + year / 4 - year / 100 + year / 400;
    Some(of_years + (153 * month + 2) / 5 + day - 1 - 719_468)
}

/// Year, month and day of so many days since 1970.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

/// Nanoseconds, and what stands behind them.
fn fraction(text: &str) -> Option<(i64, &str)> {
    let Some(rest) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    let (digits, zone) = rest.split_at(end);
    let nine = digits.get(..9).unwrap_or(digits);
    let scale = u32::try_from(9 - nine.len()).ok()?;
    Some((number(nine)? * 10_i64.pow(scale), zone))
}

/// How many seconds a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let [hours, minutes] = numbers(rest, ':')?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Numbers of two digits each, and nothing else.
fn numbers<const N: usize>(text: &str, between: char) -> Option<[i64; N]> {
    let mut parts = text.split(between);
    let mut out = [0; N];
    for slot in &mut out {
        *slot = number(parts.next().filter(|part| part.len() == 2)?)?;
    }
    parts.next().is_none().then_some(out)
}

fn number(digits: &str) -> Option<i64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn what_logs_write_is_read_and_written() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            ("2026-11-26T11:30:17.763398459Z", "2026-11-26T11:30:17.763Z"),
            ("2016-01-05T01:32:01.2691226Z", "2016-01-05T01:32:01.269Z"),
            ("2024-02-29T23:59:60Z", "2024-03-01T00:00:00.000Z"),
            ("2026-03-01T01:00:00.5+02:00", "2026-02-28T23:00:00.500Z"),
            ("2026-12-31 23:30:00-01:00", "2027-01-01T00:30:00.000Z"),
            ("2026-11-26", "2026-11-26T00:00:00.000Z"),
        ] {
            let read = Moment::read(text).map(|moment| moment.to_string());
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "3",
            "2026-11-26T11:30:17",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.1",
            "2026-01-01T00:00:00+0100",
            "2026-01-01T00:00:00Zx",
            "9999-01-01T00:00:00Z",
            "漢漢漢漢漢漢",
            "d2f7c1a4-7a3b-4a57-9d0b-1f1e5b2c9a77",
        ] {
            assert_eq!(Moment::read(text), None, "{text}");
        }
    }

    #[test]
    fn what_lies_between_is_told() {
        let at = |text| Moment::read(text).unwrap();
        let (early, late) = (at("2026-01-01T00:00:00.25Z"), at("2026-01-01T00:00:03Z"));
        assert_eq!(late.millis_since(early), 2750);
        assert_eq!(early.millis_since(late), 0);
        assert_eq!(late.before(3).to_string(), "2026-01-01T00:00:00.000Z");
    }
}
