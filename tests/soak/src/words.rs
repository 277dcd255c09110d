//! What is asked, and what a program must answer: the first word of a user name, of a topic behind
//! `soak/` or of a payload decides, in the programs as here.

use exhook::Request;

/// A question whose answer depends on a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// May the client come in, or do this with the topic?
    Permission,
    /// What becomes of the message?
    Publish,
}

/// What a program must answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    /// The word that was asked with.
    pub(crate) word: &'static str,
    /// The verdict in the words of the simulated broker.
    pub(crate) verdict: &'static str,
    /// Why user code gives no usable answer, so that the verdict is the fallback.
    pub(crate) failure: Option<Injected>,
    /// What is answered where user code had no chance to do it in time.
    pub(crate) fallback: &'static str,
}

/// A failure on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Injected {
    /// The handler raises, throws, or says that it has no answer.
    Raise,
    /// The handler answers what is no answer.
    Rubbish,
    /// The handler answers after the deadline.
    Late,
}

impl Injected {
    /// As it is called in reports.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Injected::Raise => "raise",
            Injected::Rubbish => "rubbish",
            Injected::Late => "late",
        }
    }
}

const PERMISSIONS: [&str; 4] = ["allow", "deny", "ignore", "slow"];
const PERMISSION_FAILURES: [&str; 3] = ["raise", "rubbish", "late"];
const MESSAGES: [&str; 3] = ["keep", "replace", "block"];
const MESSAGE_FAILURES: [&str; 2] = ["raise", "rubbish"];

/// What a replaced message begins with.
pub(crate) const REPLACED: &str = "replaced";

/// A word for a question; `failures` is the share of those that make a handler fail.
pub(crate) fn choose(question: Question, failures: f64) -> &'static str {
    let dice = fastrand::f64();
    let one_of = |words: &[&'static str]| words[fastrand::usize(..words.len())];
    match question {
        // An answer that is late holds its client up for seconds, so it is the rarest.
        Question::Permission if dice < failures / 5.0 => PERMISSION_FAILURES[2],
        Question::Permission if dice < failures => one_of(&PERMISSION_FAILURES[..2]),
        Question::Permission if dice < failures + 0.1 => one_of(&PERMISSIONS[1..]),
        Question::Permission => PERMISSIONS[0],
        Question::Publish if dice < failures => one_of(&MESSAGE_FAILURES),
        Question::Publish if dice < failures + 0.05 => MESSAGES[2],
        Question::Publish => one_of(&MESSAGES[..2]),
    }
}

/// What `request` must be answered; `None` where it only informs, or asks what no word decides.
pub(crate) fn expected(request: &Request) -> Option<Expected> {
    match request {
        Request::ClientAuthenticate(request) => permission(&request.clientinfo.as_ref()?.username),
        Request::ClientAuthorize(request) => permission(request.topic.split('/').nth(1)?),
        Request::MessagePublish(request) => {
            message(std::str::from_utf8(&request.message.as_ref()?.payload).ok()?)
        }
        _ => None,
    }
}

fn permission(word: &str) -> Option<Expected> {
    let mut words = PERMISSIONS.into_iter().chain(PERMISSION_FAILURES);
    let word = words.find(|known| *known == word)?;
    let (verdict, failure) = match word {
        "allow" | "slow" => ("allow", None),
        "ignore" => ("ignore", None),
        "raise" => ("deny", Some(Injected::Raise)),
        "rubbish" => ("deny", Some(Injected::Rubbish)),
        "late" => ("deny", Some(Injected::Late)),
        _ => ("deny", None),
    };
    Some(Expected {
        word,
        verdict,
        failure,
        fallback: "deny",
    })
}

fn message(payload: &str) -> Option<Expected> {
    let word = payload.split(' ').next()?;
    let mut words = MESSAGES
        .into_iter()
        .chain(MESSAGE_FAILURES)
        .chain([REPLACED]);
    let word = words.find(|known| *known == word)?;
    let (verdict, failure) = match word {
        "replace" => ("replace", None),
        "block" => ("block", None),
        "raise" => ("ignore", Some(Injected::Raise)),
        "rubbish" => ("ignore", Some(Injected::Rubbish)),
        _ => ("ignore", None),
    };
    Some(Expected {
        word,
        verdict,
        failure,
        fallback: "ignore",
    })
}

/// What subscribers must get of a message with `payload`; `None` where they must get nothing.
pub(crate) fn delivered(payload: &str) -> Option<String> {
    match payload.split_once(' ') {
        Some(("replace", rest)) => Some(format!("{REPLACED} {rest}")),
        Some(("block", _)) => None,
        _ => Some(payload.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_is_asked_with_has_an_answer() {
        for _ in 0..1_000 {
            assert!(permission(choose(Question::Permission, 0.3)).is_some());
            let payload = format!("{} c1 17", choose(Question::Publish, 0.3));
            assert!(message(&payload).is_some());
            if let Some(delivered) = delivered(&payload) {
                assert!(message(&delivered).is_some());
            }
        }
    }
}
