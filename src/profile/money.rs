//! Sums of money as Vietnamese plans write them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// A sum in đồng, read and written in triệu đồng ("1.234,5").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(pub i64);

impl Money {
    /// Reads "1.234,5" (triệu đồng); what could be [two sums](Self::readings) is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if Self::readings(text).is_some() {
            return None;
        }
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

    /// The two sums that "98,000" may be: 98 as Vietnamese writes it, 98.000 as English and a
    /// spreadsheet set to it do. Three digits stand behind a lone comma, and what stands before it
    /// could be a group of thousands.
    #[must_use]
    pub fn readings(text: &str) -> Option<[Self; 2]> {
        let (whole, fraction) = text.trim().split_once(',')?;
        let is_number =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let is_group = whole.len() <= 3 && !whole.starts_with('0') && fraction.len() == 3;
        if !is_group || !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let plain = format!("{whole},{fraction}0");
        let thousands = text.trim().replace(',', ".");
        Some([Self::parse(&plain)?, Self::parse(&thousands)?])
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
            let fraction = format!("{dong:06}");
            let fraction = fraction.trim_end_matches('0');
            // "98,125" could be read in two ways.
            let end = if (1..1000).contains(&millions) && fraction.len() == 3 {
                "0"
            } else {
                ""
            };
            write!(f, ",{fraction}{end}")?;
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Sum)
    }
}

/// How the message for a sum that can be read in two ways begins; both follow.
pub(crate) const TWO_READINGS: &str = "two sums: ";

/// Takes "1.234,5" or 1234: a float would drop the last đồng.
struct Sum;

impl Visitor<'_> for Sum {
    type Value = Money;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sum of money")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Money, E> {
        if let Some([plain, thousands]) = Money::readings(text) {
            return Err(E::custom(format!("{TWO_READINGS}{plain} hay {thousands}")));
        }
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
            ("98,1250", 98_125_000),
            ("0,125", 125_000),
            ("1.098,125", 1_098_125_000),
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
    fn a_sum_that_may_be_two_is_told_as_both() {
        let told = |text: &str| {
            Money::readings(text).map(|both| both.map(|one| one.to_string()))
        };
        for (text, plain, thousands) in [
            ("98,000", "98", "98.000"),
            ("12,500", "12,5", "12.500"),
            (" 1,234 ", "1,2340", "1.234"),
        ] {
            assert_eq!(
                told(text),
                Some([plain.to_owned(), thousands.to_owned()]),
                "{text}"
            );
        }
        for text in
            ["98", "98,5", "0,500", "1234,567", "1.234,567", "98,0000", "a,000", "98,"]
        {
            assert_eq!(told(text), None, "{text}");
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
            "98,000", // 98, or 98.000 in English
            "1,234",
            "12,500",
            "1.000.000.000", // more than any budget
            "99999999999999999999",
        ] {
            assert_eq!(Money::parse(text), None, "{text}");
        }
    }
}
