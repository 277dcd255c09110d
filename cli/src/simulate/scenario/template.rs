//! [`Template`]: a text with places that are filled in for each client and message.

use std::{
    fmt,
    str::FromStr,
    time::{SystemTime, UNIX_EPOCH},
};

use exhook::did_you_mean;
use fastrand::Rng;

use super::text::written_as_text;

const PLACES: [&str; 5] = ["n", "clientid", "seq", "random", "timestamp"];

/// A text such as `{"from":"{clientid}","value":{random:1..100}}`. Braces around anything but a
/// word stay as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Number,
    ClientId,
    Sequence,
    Timestamp,
    Random { low: i64, high: i64 },
}

/// What is filled in.
#[derive(Debug)]
pub(crate) struct Filling<'client> {
    /// The number of the client in its group, from 1.
    pub(crate) n: u32,
    pub(crate) clientid: &'client str,
    /// The number of the message, from 1.
    pub(crate) seq: u64,
    pub(crate) random: &'client mut Rng,
}

written_as_text!(Template, "a text in quotes", {
    "description": "A text in which {n}, {clientid}, {seq}, {random:1..100} and {timestamp} are filled in: the number of the client in its group from 1, its client id, the number of its message from 1, a random number, milliseconds since 1970.",
    "type": "string"
});

impl Template {
    /// A text that is always the same; `text` has no places that are not known.
    pub(crate) fn fixed(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            parts: text.parse::<Self>().map_or_else(
                |_| vec![Part::Literal(text.to_owned())],
                |template| template.parts,
            ),
        }
    }

    /// The text with everything filled in.
    pub(crate) fn fill(&self, filling: &mut Filling<'_>) -> String {
        let mut filled = String::with_capacity(self.text.len());
        for part in &self.parts {
            match part {
                Part::Literal(text) => filled += text,
                Part::Number => filled += &filling.n.to_string(),
                Part::ClientId => filled += filling.clientid,
                Part::Sequence => filled += &filling.seq.to_string(),
                Part::Timestamp => filled += &milliseconds().to_string(),
                Part::Random { low, high } => {
                    filled += &filling.random.i64(*low..=*high).to_string();
                }
            }
        }
        filled
    }

    /// Whether it is the same for all messages of a client.
    pub(crate) fn is_fixed_for_a_client(&self) -> bool {
        self.parts
            .iter()
            .all(|part| matches!(part, Part::Literal(_) | Part::Number | Part::ClientId))
    }

    /// Whether each client of a group has its own.
    pub(crate) fn tells_clients_apart(&self) -> bool {
        self.parts.contains(&Part::Number)
    }

    /// Whether it has the place for the client id.
    pub(crate) fn has_clientid(&self) -> bool {
        self.parts.contains(&Part::ClientId)
    }

    /// The first of these letters in it, places aside.
    pub(crate) fn first_of(&self, letters: &[char]) -> Option<char> {
        self.parts.iter().find_map(|part| match part {
            Part::Literal(text) => text.chars().find(|letter| letters.contains(letter)),
            _ => None,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let (before, from) = rest.split_at(at);
            literal += before;
            let Some(place) = place(from) else {
                literal.push('{');
                rest = &from[1..];
                continue;
            };
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            parts.push(part(place)?);
            rest = &from[place.len() + 2..];
        }
        literal += rest;
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// What stands between the braces that `text` begins with, where it is a word.
fn place(text: &str) -> Option<&str> {
    let (inner, _) = text[1..].split_once('}')?;
    let name = inner.split(':').next()?;
    let is_word = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    (is_word && !name.is_empty()).then_some(inner)
}

fn part(place: &str) -> Result<Part, String> {
    let (name, range) = match place.split_once(':') {
        Some((name, range)) => (name, Some(range)),
        None => (place, None),
    };
    match (name, range) {
        ("n", None) => Ok(Part::Number),
        ("clientid", None) => Ok(Part::ClientId),
        ("seq", None) => Ok(Part::Sequence),
        ("timestamp", None) => Ok(Part::Timestamp),
        ("random", range) => range
            .and_then(|range| {
                let (low, high) = range.split_once("..")?;
                Some((low.parse().ok()?, high.parse().ok()?))
            })
            .filter(|(low, high)| low <= high)
            .map(|(low, high)| Part::Random { low, high })
            .ok_or_else(|| {
                format!(
                    "{{{place}}} needs the least and the greatest number, as in {{random:1..100}}"
                )
            }),
        (known, Some(_)) if PLACES.contains(&known) => Err(format!(
            "{{{place}}} takes nothing behind a colon; write {{{known}}}"
        )),
        _ => Err(format!(
            "{{{place}}} is nothing that can be filled in: there are {{n}}, {{clientid}}, {{seq}}, \
             {{random:1..100}} and {{timestamp}}{}",
            did_you_mean(name, PLACES)
        )),
    }
}

fn milliseconds() -> u128 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str, seed: u64) -> String {
        let template: Template = text.parse().expect(text);
        template.fill(&mut Filling {
            n: 7,
            clientid: "device-7",
            seq: 3,
            random: &mut Rng::with_seed(seed),
        })
    }

    #[test]
    fn places_are_filled_in_and_other_braces_stay() {
        assert_eq!(fill("s/{clientid}/{n}/{seq}", 0), "s/device-7/7/3");
        assert_eq!(
            fill(r#"{"n":{n},"a":{},"b":{"c":1}}"#, 0),
            r#"{"n":7,"a":{},"b":{"c":1}}"#
        );
        assert_eq!(fill("{ n } {", 0), "{ n } {");
        assert_eq!(fill("{random:5..5}", 0), "5");
    }

    #[test]
    fn a_seed_gives_the_same_numbers_again() {
        let text = "{random:0..1000000}";
        assert_eq!(fill(text, 1), fill(text, 1));
        assert_ne!(fill(text, 1), fill(text, 2));
    }

    #[test]
    fn what_cannot_be_filled_in_is_refused() {
        for (text, problem) in [
            ("{clientld}", "did you mean clientid?"),
            ("{random}", "{random:1..100}"),
            ("{random:9..1}", "{random:1..100}"),
            ("{seq:4}", "write {seq}"),
        ] {
            let error = text.parse::<Template>().expect_err(text);
            assert!(error.contains(problem), "{error}");
        }
    }
}
