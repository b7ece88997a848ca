//! A day as a person or TOML writes it.

use std::fmt;

use chrono::NaiveDate;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};
use toml::value::Datetime;

use super::nfc;

/// A calendar date: no time of day, no zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub NaiveDate);

impl Day {
    /// The day that a TOML value is; none where it has a time of day.
    #[must_use]
    pub fn of(value: Datetime) -> Option<Self> {
        let day = value.date.filter(|_| value.time.is_none())?;
        NaiveDate::from_ymd_opt(day.year.into(), day.month.into(), day.day.into())
            .map(Self)
    }

    /// Reads "18/12/2023", the day first as Vietnamese has it, "ngày 18 tháng 12 năm 2023" or
    /// "2023-12-18".
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut text = nfc(text.to_lowercase());
        for (word, sign) in [("ngày", ""), ("tháng", "/"), ("năm", "/")] {
            text = text.replacen(word, sign, 1);
        }
        let parts: Vec<&str> =
            text.split(['/', '-', '.', '‐', '‑', '–', '—']).map(str::trim).collect();
        let (year, month, day) = match parts.as_slice() {
            [year, month, day] if year.len() == 4 => (year, month, day),
            [day, month, year] if year.len() == 4 => (year, month, day),
            _ => return None,
        };
        let number = |digits: &str| {
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| is_number)
        };
        let year = number(year).and_then(|year| i32::try_from(year).ok())?;
        NaiveDate::from_ymd_opt(year, number(month)?, number(day)?).map(Self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

/// Takes a date of TOML, or one in quotes.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = Day;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a day")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Day, E> {
        Day::read(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Day, A::Error> {
        let wrong = || A::Error::invalid_value(Unexpected::Other("time"), &self);
        let value = Datetime::deserialize(MapAccessDeserializer::new(map));
        value.ok().and_then(Day::of).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_vietnamese_writes_it() {
        for text in [
            "18/12/2023",
            "18-12-2023",
            "18.12.2023",
            "18–12–2023",
            " 18 / 12 / 2023 ",
            "2023-12-18",
            "2023/12/18",
            "ngày 18 tháng 12 năm 2023",
            "Nga\u{300}y 18 tháng 12 năm 2023",
            "18 tháng 12 năm 2023",
        ] {
            let day = Day::read(text).map(|day| day.0.to_string());
            assert_eq!(day.as_deref(), Some("2023-12-18"), "{text}");
        }
        let sixth = Day::read("6/7/2024").map(|day| day.0.to_string());
        assert_eq!(sixth.as_deref(), Some("2024-07-06"));
    }

    #[test]
    fn what_is_no_day_or_may_be_two_is_refused() {
        for text in [
            "",
            "12/18/2023",
            "31/2/2024",
            "18/12/23",
            "12/2023",
            "18/12/2023 8:00",
            "18122023",
            "+8/12/2023",
            "quý II/2024",
            "18/12/2023/1",
            "1.234,5",
            "1.234.567",
        ] {
            assert_eq!(Day::read(text), None, "{text}");
        }
    }
}
