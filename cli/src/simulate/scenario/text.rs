//! Values that scenarios write as texts: durations, versions, addresses.

use std::{fmt, str::FromStr, time::Duration};

use exhook::testing::{Endpoint, Release};

/// Makes a type that is read from a text one that stands in scenarios and in their schema.
macro_rules! written_as_text {
    ($type:ident, $expecting:literal, $schema:tt) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;

                impl serde::de::Visitor<'_> for Text {
                    type Value = $type;

                    fn expecting(
                        &self,
                        formatter: &mut std::fmt::Formatter<'_>,
                    ) -> std::fmt::Result {
                        formatter.write_str($expecting)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }
                }

                deserializer.deserialize_str(Text)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

pub(crate) use written_as_text;

/// A duration with its unit: `500ms`, `5s`, `1.5m`, `1h`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimeSpan(pub(crate) Duration);

written_as_text!(TimeSpan, "a duration in quotes with its unit, such as \"500ms\", \"5s\" or \"1m\"", {
    "description": "A duration with its unit: ms, s, m or h.",
    "type": "string",
    "pattern": "^[0-9]+(\\.[0-9]+)?(ms|s|m|h)$",
    "examples": ["500ms", "5s", "1m"]
});

impl TimeSpan {
    pub(crate) const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// In whole milliseconds.
    pub(crate) fn milliseconds(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }
}

impl FromStr for TimeSpan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = || {
            format!("{text:?} is no duration; give a number and its unit, such as 500ms, 5s or 1m")
        };
        let unit_at = text.find(|letter: char| letter.is_ascii_alphabetic());
        let (number, unit) = text.split_at(unit_at.ok_or_else(invalid)?);
        let unit = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            _ => return Err(invalid()),
        };
        let is_plain = number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let number: f64 = number
            .parse()
            .ok()
            .filter(|_| is_plain)
            .ok_or_else(invalid)?;
        Duration::try_from_secs_f64(number * unit)
            .map(Self)
            .map_err(|_| invalid())
    }
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.as_secs_f64() * 1_000.0;
        if milliseconds < 1_000.0 && !self.0.is_zero() {
            write!(formatter, "{milliseconds}ms")
        } else {
            write!(formatter, "{}s", self.0.as_secs_f64())
        }
    }
}

/// A release of EMQX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EmqxVersion(pub(crate) Release);

written_as_text!(EmqxVersion, "a version in quotes, such as \"5.8\" or \"5.8.9\"", {
    "description": "A version of EMQX, 4.3 or newer; one without a patch is the last patch known.",
    "type": "string",
    "pattern": "^e?[0-9]+\\.[0-9]+(\\.[0-9]+)?",
    "examples": ["4.4", "5.8", "5.9.2"]
});

impl FromStr for EmqxVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|error: exhook::Error| error.to_string())
    }
}

impl fmt::Display for EmqxVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Where a provider listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address(pub(crate) Endpoint);

written_as_text!(Address, "an address in quotes, such as \"http://127.0.0.1:9000\"", {
    "description": "Where a provider listens: http://host:port, https://host:port, host:port or unix:/path.",
    "type": "string",
    "examples": ["http://127.0.0.1:9000", "unix:/run/exhook.sock"]
});

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|error: exhook::Error| error.to_string())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        for (text, milliseconds) in [
            ("500ms", 500),
            ("5s", 5_000),
            ("1.5m", 90_000),
            ("1h", 3_600_000),
        ] {
            let span: TimeSpan = text.parse().expect(text);
            assert_eq!(span.milliseconds(), milliseconds, "{text}");
            let again: TimeSpan = span.to_string().parse().expect("its own text");
            assert_eq!(again, span, "{span}");
        }
        for text in ["", "5", "s", "-1s", "5 s", "5d", "1e3s", "..s"] {
            let error = text.parse::<TimeSpan>().expect_err(text);
            assert!(error.contains("500ms"), "{error}");
        }
    }
}
