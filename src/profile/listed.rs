//! Values of a fixed list, by the key that TOML has for them or as a drafter calls them.

use serde::de::{Deserialize, Deserializer, Error};

use crate::source::named;

/// How the message for a value outside its list begins; the value and the list follow, each name
/// in backticks and each key before what it is called.
pub(crate) const UNLISTED: &str = "unlisted value: ";

/// Reads one of `all`, whatever its case and diacritics.
pub(super) fn read<'de, D: Deserializer<'de>, T: Copy>(
    deserializer: D,
    all: &[(&str, &str, T)],
) -> Result<T, D::Error> {
    let given = String::deserialize(deserializer)?;
    let names = all.iter().map(|(key, called, _)| (*key, *called));
    let key = named(&given, names);
    let found = all.iter().find(|(known, ..)| key == Some(known));
    found.map(|(_, _, value)| *value).ok_or_else(|| {
        let names: Vec<String> =
            all.iter().map(|(key, called, _)| format!("`{key}` `{called}`")).collect();
        let given = given.replace('`', "'");
        D::Error::custom(format!("{UNLISTED}`{given}` {}", names.join(" ")))
    })
}

/// The values of a type, each with its key and what a drafter calls it.
macro_rules! listed {
    ($name:ident { $($variant:ident: $key:literal, $called:literal;)+ }) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
                $crate::profile::listed::read(de, &[$(($key, $called, Self::$variant)),+])
            }
        }
    };
}
