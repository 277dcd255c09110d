//! [`Answer`]: what a handler of a program does, in the words of the runners' protocol.

use std::{fmt, str::FromStr};

use crate::Problem;

/// The words that an answer begins with, and what follows each.
const WORDS: [(&str, &str); 16] = [
    ("allow", ""),
    ("deny", ""),
    ("true", ""),
    ("false", ""),
    ("ignore", ""),
    ("none", ""),
    ("keep_going", "true or false"),
    ("replace", "topic=…, qos=…, payload=…"),
    ("echo", ""),
    ("block", ""),
    ("raise", ""),
    ("wrong", ""),
    ("text", ""),
    ("unanswered", ""),
    ("hold", "an answer"),
    ("sleep", "milliseconds and an answer"),
];

/// What a handler answers, as text that every runner understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    text: String,
}

impl Answer {
    /// Whether the handler takes its time, which not every kind of handler may.
    pub(crate) fn waits(&self) -> bool {
        self.words().any(|word| word == "hold" || word == "sleep")
    }

    /// The words that a runner has to know.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.text
            .split(' ')
            .filter(|word| WORDS.iter().any(|(known, _)| known == word))
    }

    fn check(text: &str) -> Result<(), Problem> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let Some((_, operands)) = WORDS.iter().find(|(known, _)| *known == word) else {
            let known = WORDS.iter().map(|(word, _)| *word);
            return Err(format!(
                "there is no answer {word}{}",
                exhook::did_you_mean(word, known)
            ));
        };
        let suits = match word {
            "keep_going" => matches!(rest, "true" | "false"),
            "replace" => rest.split(' ').all(is_change),
            "hold" => return Self::check(rest),
            "sleep" => {
                let (milliseconds, answer) = rest.split_once(' ').unwrap_or((rest, ""));
                if milliseconds.parse::<u64>().is_ok() {
                    return Self::check(answer);
                }
                false
            }
            _ => rest.is_empty(),
        };
        if suits {
            return Ok(());
        }
        let operands = if operands.is_empty() {
            "nothing"
        } else {
            operands
        };
        Err(format!("{word} is followed by {operands}, not by {rest:?}"))
    }
}

/// Whether a word changes a message.
fn is_change(word: &str) -> bool {
    match word.split_once('=') {
        Some(("topic" | "payload", _)) => true,
        Some(("qos", number)) => number.parse::<u32>().is_ok(),
        _ => false,
    }
}

impl FromStr for Answer {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        Self::check(text)?;
        Ok(Self {
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_words_with_what_belongs_to_them() {
        for text in [
            "allow",
            "keep_going false",
            "replace topic=a/b qos=2 payload=",
            "hold keep_going true",
            "sleep 20 hold allow",
        ] {
            assert_eq!(text.parse::<Answer>().expect(text).to_string(), text);
        }
        for (text, problem) in [
            ("alow", "did you mean allow?"),
            ("keep_going maybe", "true or false"),
            ("allow it", "followed by nothing"),
            ("replace retain=true", "topic="),
            ("sleep soon allow", "milliseconds"),
            ("hold", "there is no answer"),
        ] {
            let error = text.parse::<Answer>().expect_err(text);
            assert!(error.contains(problem), "{error}");
        }
    }

    #[test]
    fn an_answer_tells_whether_it_waits_and_what_a_runner_must_know() {
        let answer: Answer = "hold keep_going true".parse().expect("an answer");
        assert!(answer.waits());
        let words: Vec<_> = answer.words().collect();
        assert_eq!(words, ["hold", "keep_going", "true"]);
    }
}
