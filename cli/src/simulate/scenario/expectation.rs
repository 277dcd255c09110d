//! [`Expectations`]: what a run has to come to, and [`Bound`], how many of something there may be.

use std::{borrow::Cow, collections::BTreeMap, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

/// How many there may be: a number, or a text such as `">= 3"` or `"3..5"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    least: u64,
    most: u64,
}

impl Bound {
    pub(crate) const fn holds(self, number: u64) -> bool {
        self.least <= number && number <= self.most
    }
}

impl FromStr for Bound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let read = || {
            if let Some((least, most)) = text.split_once("..") {
                return Some((number(least)?, number(most)?));
            }
            if let Some(least) = text.strip_prefix(">=") {
                return Some((number(least)?, u64::MAX));
            }
            if let Some(most) = text.strip_prefix("<=") {
                return Some((0, number(most)?));
            }
            if let Some(below) = text.strip_prefix('>') {
                return Some((number(below)?.checked_add(1)?, u64::MAX));
            }
            if let Some(above) = text.strip_prefix('<') {
                return Some((0, number(above)?.checked_sub(1)?));
            }
            number(text).map(|number| (number, number))
        };
        read()
            .filter(|(least, most)| least <= most)
            .map(|(least, most)| Self { least, most })
            .ok_or_else(|| {
                format!("{text:?} is no number; give 3, \">= 3\", \"<= 3\", \"> 3\", \"< 3\" or \"3..5\"")
            })
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (least, most) if least == most => write!(formatter, "{least}"),
            (least, u64::MAX) => write!(formatter, "at least {least}"),
            (0, most) => write!(formatter, "at most {most}"),
            (least, most) => write!(formatter, "{least} to {most}"),
        }
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrText;

        impl Visitor<'_> for NumberOrText {
            type Value = Bound;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number, or a text such as \">= 3\" or \"3..5\"")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Bound, E> {
                Ok(Bound {
                    least: number,
                    most: number,
                })
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Bound, E> {
                let number =
                    u64::try_from(number).map_err(|_| E::custom("there cannot be fewer than 0"))?;
                self.visit_u64(number)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Bound, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(NumberOrText)
    }
}

impl JsonSchema for Bound {
    fn schema_name() -> Cow<'static, str> {
        "Bound".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How many there may be: a number, or a text such as \">= 3\" or \"3..5\".",
            "anyOf": [
                { "type": "integer", "minimum": 0 },
                { "type": "string", "pattern": "^(([<>]=?)?\\s*[0-9]+\\s*|\\s*[0-9]+\\s*\\.\\.\\s*[0-9]+\\s*)$" }
            ]
        })
    }
}

/// Makes what is counted of clients, and what may be expected of it, from one list.
macro_rules! figures {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        /// What clients experienced, counted.
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
        pub(crate) struct Figures {
            $($(#[doc = $doc])* pub(crate) $name: u64,)*
        }

        impl Figures {
            pub(crate) fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)*
            }
        }

        /// What the clients of one group have to experience.
        #[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub(crate) struct GroupExpectations {
            $($(#[doc = $doc])* pub(crate) $name: Option<Bound>,)*
        }

        impl GroupExpectations {
            /// Name, bound and figure of all that is expected.
            pub(crate) fn compare(&self, figures: &Figures) -> Vec<(&'static str, Bound, u64)> {
                let all = [$((stringify!($name), self.$name, figures.$name),)*];
                let expected = all.into_iter();
                expected.filter_map(|(name, bound, figure)| Some((name, bound?, figure))).collect()
            }
        }

        /// What the run has to come to.
        #[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub(crate) struct Expectations {
            $($(#[doc = $doc])* pub(crate) $name: Option<Bound>,)*
            /// Calls that failed: late, an error, no connection. 0 unless it is said here.
            pub(crate) failed_calls: Option<Bound>,
            /// Answers that the broker could not use. 0 unless it is said here.
            pub(crate) unusable_answers: Option<Bound>,
            /// How often a node could not load a provider, or lost it. 0 unless it is said here.
            pub(crate) provider_losses: Option<Bound>,
            /// Calls by the name of their hook.
            pub(crate) calls: BTreeMap<String, Bound>,
            /// What the clients of each group have to experience, by the name of the group.
            pub(crate) groups: BTreeMap<String, GroupExpectations>,
        }

        impl Expectations {
            /// What is expected of all clients together.
            pub(crate) fn of_clients(&self) -> GroupExpectations {
                GroupExpectations { $($name: self.$name,)* }
            }
        }
    };
}

figures! {
    /// CONNECTs that the broker accepted.
    accepted,
    /// CONNECTs that it refused.
    refused,
    /// Subscriptions that it granted.
    subscribed,
    /// Subscriptions that it denied.
    denied_subscriptions,
    /// Messages that clients published, whatever became of them.
    published,
    /// Those that the client was not authorized to publish.
    denied_publishes,
    /// Those that a hook blocked.
    blocked,
    /// Those whose topic, payload or quality of service a hook changed.
    rewritten,
    /// Those that were lost, because a hook answered with an empty message.
    lost,
    /// Messages that clients received.
    received,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_what_they_say() {
        for (text, inside, outside) in [
            ("3", 3, 4),
            (">= 3", 3, 2),
            ("<=3", 0, 4),
            ("> 3", 4, 3),
            ("< 3", 2, 3),
            ("3..5", 5, 6),
        ] {
            let bound: Bound = text.parse().expect(text);
            assert!(bound.holds(inside) && !bound.holds(outside), "{text}");
        }
        for text in ["", "-1", "5..3", "< 0", "some", "=3"] {
            assert!(text.parse::<Bound>().is_err(), "{text}");
        }
    }
}
