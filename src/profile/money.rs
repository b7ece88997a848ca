//! Sums of money as Vietnamese plans write them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// A sum in đồng, read and written in triệu đồng ("1.234,5").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(pub i64);

impl Money {
    /// Reads "1.234,5" (triệu đồng).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.trim().split_once(',').unwrap_or((text.trim(), ""));
        let mut groups = whole.split('.');
        let first = groups.next()?;
        let rest: Vec<&str> = groups.collect();
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let grouped = rest.iter().all(|group| group.len() == 3 && digits(group));
        let plain = !first.is_empty() && digits(first);
        if !plain || !grouped || (!rest.is_empty() && first.len() > 3) {
            return None;
        }
        if !digits(fraction)
            || fraction.len() > 6
            || (text.contains(',') && fraction.is_empty())
        {
            return None;
        }
        let millions: i64 = format!("{first}{}", rest.concat()).parse().ok()?;
        let dong: i64 = format!("{fraction:0<6}").parse().ok()?;
        Some(Self(Self::millions(millions)?.0 + dong))
    }

    /// A whole number of triệu đồng, when it is one that a budget can hold.
    fn millions(count: i64) -> Option<Self> {
        (0..1_000_000_000).contains(&count).then(|| Self(count * 1_000_000))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (millions, dong) = (self.0 / 1_000_000, self.0 % 1_000_000);
        let digits = millions.to_string();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                f.write_str(".")?;
            }
            write!(f, "{digit}")?;
        }
        if dong > 0 {
            write!(f, ",{}", format!("{dong:06}").trim_end_matches('0'))?;
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Sum)
    }
}

/// Takes "1.234,5" or 1234: a float would drop the last đồng.
struct Sum;

impl Visitor<'_> for Sum {
    type Value = Money;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sum of money")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Money, E> {
        Money::parse(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_i64<E: Error>(self, millions: i64) -> Result<Money, E> {
        Money::millions(millions)
            .ok_or_else(|| E::invalid_value(Unexpected::Signed(millions), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_read_and_written_in_millions_of_dong() {
        for (text, dong) in [
            ("0", 0),
            ("7", 7_000_000),
            ("1.234,5", 1_234_500_000),
            ("12.345", 12_345_000_000),
            ("0,000001", 1),
            ("1,000009", 1_000_009),
            ("1.234,567891", 1_234_567_891),
            ("999.999.999,999999", 999_999_999_999_999),
        ] {
            assert_eq!(Money::parse(text), Some(Money(dong)), "{text}");
            assert_eq!(Money(dong).to_string(), text);
        }
        // As they are written, too.
        for (text, dong) in
            [("1234,5", 1_234_500_000), (" 1.000 ", 1_000_000_000), ("1,50", 1_500_000)]
        {
            assert_eq!(Money::parse(text), Some(Money(dong)), "{text}");
        }
    }

    #[test]
    fn what_may_be_another_sum_is_refused() {
        for text in [
            "1234.567", // an English decimal, or thousands
            "1,234.5",
            "1.23",
            "1.2345",
            "1..234",
            "1.234.",
            "1,5,5",
            "1,1234567", // less than a đồng
            "1,",
            ",5",
            ".500",
            "",
            "1 000",
            "-1",
            "+1",
            "1,-5",
            "1.-23",
            "1e3",
            "1.000.000.000", // more than any budget
            "99999999999999999999",
        ] {
            assert_eq!(Money::parse(text), None, "{text}");
        }
    }
}
