//! What the verdicts of valued hooks mean to brokers.

use exhook::{
    AnswerKind, Hook,
    proto::{
        Message,
        valued_response::{ResponsedType, Value},
    },
    testing::Understood,
};

use super::{Level, Rule, Seen, answers::each};
use crate::check::{
    facts::Facts,
    requests::{NAME, PAYLOAD, QOS},
    versions::Versions,
};

const EMQX_4: Versions = Versions::between((4, 3), (4, 4));
const IGNORE_REFUSES: Versions = Versions::between((5, 0), (5, 8));
const ALLOW_PUBLISH: &str = "allow_publish";

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "authenticate-ignored",
        level: Level::Error,
        versions: IGNORE_REFUSES,
        broker: "EMQX 5.0 to 5.8 refuse the client when exhook has no opinion of it; others go on",
        remedy: "answer allow or deny to client.authenticate, or upgrade the broker to 5.9",
        find: authenticate_ignored,
    },
    Rule {
        name: "empty-verdict",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "CONTINUE or STOP_AND_RETURN without a value is taken as no opinion, with a warning \
                 in the broker's log for each call; EMQX 5.0 to 5.8 then refuse the client when it \
                 authenticates, and message.ingress counts it as a failure",
        remedy: "answer IGNORE, which is 1, for no opinion: an empty ValuedResponse says CONTINUE",
        find: empty_verdict,
    },
    Rule {
        name: "wrong-value",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "the value is not used: the call counts as no opinion, with a warning in the \
                 broker's log for each",
        remedy: "answer bool_result to decisions, and message to message.publish",
        find: wrong_value,
    },
    Rule {
        name: "unknown-verdict",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "the hook crashes in the broker, which then goes on as if there were no exhook",
        remedy: "answer CONTINUE (0), IGNORE (1) or STOP_AND_RETURN (2)",
        find: unknown_verdict,
    },
    Rule {
        name: "swapped-numbers",
        level: Level::Note,
        versions: EMQX_4,
        broker: "EMQX 4.3.0 to 4.3.2 read 0 as IGNORE and 1 as CONTINUE, the other way round than \
                 later versions",
        remedy: "look at the version in OnProviderLoaded before answering CONTINUE or IGNORE, or \
                 upgrade to 4.3.3",
        find: swapped_numbers,
    },
    Rule {
        name: "acl-continued",
        level: Level::Error,
        versions: EMQX_4,
        broker: "after CONTINUE the last rule of EMQX 4's acl.conf decides, which allows all",
        remedy: "deny with STOP_AND_RETURN",
        find: acl_continued,
    },
    Rule {
        name: "continued",
        level: Level::Note,
        versions: Versions::ALL,
        broker: "with CONTINUE the exhook servers behind this one may decide otherwise",
        remedy: "answer STOP_AND_RETURN where the decision is to be final",
        find: continued,
    },
    Rule {
        name: "ingress-continued",
        level: Level::Error,
        versions: Versions::since((6, 3)),
        broker: "CONTINUE means nothing to message.ingress: the call counts as failed",
        remedy: "answer STOP_AND_RETURN with a bool to message.ingress",
        find: ingress_continued,
    },
    Rule {
        name: "authenticated-anybody",
        level: Level::Note,
        versions: Versions::ALL,
        broker: "a client that nobody knows, without a password, is let in",
        remedy: "see that this is meant",
        find: authenticated_anybody,
    },
    Rule {
        name: "publish-without-topic",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "the answer's message replaces the published one as it is: without a topic it \
                 reaches nobody",
        remedy: "begin with the request's message and change only what is to change",
        find: |facts| {
            publish(facts, |message| {
                let lost = message.topic.is_empty();
                lost.then(|| "the answer's message has no topic".to_owned())
            })
        },
    },
    Rule {
        name: "publish-to-filter",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "nothing checks the topic: it publishes to it, and breaks later",
        remedy: "answer with a topic without + and #",
        find: |facts| {
            publish(facts, |message| {
                let wild = message.topic.contains(['+', '#', '\0']);
                wild.then(|| format!("the answer's topic is {:?}", message.topic))
            })
        },
    },
    Rule {
        name: "publish-qos",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "nothing checks the QoS: it publishes with it, and breaks later",
        remedy: "answer with a QoS of 0, 1 or 2",
        find: |facts| {
            publish(facts, |message| {
                let wrong = message.qos > 2;
                wrong.then(|| format!("the answer's QoS is {}", message.qos))
            })
        },
    },
    Rule {
        name: "publish-qos-lost",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "the message goes on with QoS 0, and subscribers may miss it",
        remedy: "begin with the request's message, so that its QoS is kept",
        find: |facts| {
            publish(facts, |message| {
                let lost = message.qos == 0;
                lost.then(|| format!("published with QoS {QOS}, answered with QoS 0"))
            })
        },
    },
    Rule {
        name: "publish-payload-lost",
        level: Level::Warning,
        versions: Versions::ALL,
        broker: "the message goes on without its payload",
        remedy: "begin with the request's message, so that its payload is kept",
        find: |facts| {
            publish(facts, |message| {
                let lost = message.payload.is_empty() && !blocks(message);
                lost.then(|| format!("published {} bytes, answered with none", PAYLOAD.len()))
            })
        },
    },
    Rule {
        name: "allow-publish-text",
        level: Level::Error,
        versions: Versions::ALL,
        broker: "only the texts true and false count, in lower case: the message is published",
        remedy: "set the header allow_publish to \"false\" to block a message",
        find: |facts| {
            publish(facts, |message| {
                let text = message.headers.get(ALLOW_PUBLISH)?;
                (text != "true" && text != "false").then(|| format!("{ALLOW_PUBLISH} is {text:?}"))
            })
        },
    },
    Rule {
        name: "block-without-headers",
        level: Level::Error,
        versions: Versions::between((4, 3), (4, 3)),
        broker: "EMQX 4.3 has no message headers and cannot block: the message is published",
        remedy: "deny the topic in client.check_acl, or upgrade the broker to 4.4",
        find: blocked,
    },
    Rule {
        name: "blocked-in-part",
        level: Level::Note,
        versions: Versions::since((5, 0)),
        broker: "retained messages, rules and data bridges come before exhook and are not stopped; \
                 the publisher is told that there are no matching subscribers",
        remedy: "deny the topic in client.authorize to stop a message everywhere",
        find: blocked,
    },
    Rule {
        name: "replaced-in-part",
        level: Level::Note,
        versions: Versions::since((5, 0)),
        broker: "retained messages, rules and data bridges come before exhook and see the original",
        remedy: "publish the changed message under a topic of its own, and base rules on that",
        find: replaced,
    },
];

fn authenticate_ignored(facts: &Facts) -> Vec<Seen> {
    verdicts(facts, |hook, kind, _| {
        let ignored = hook == Hook::ClientAuthenticate && kind == Some(ResponsedType::Ignore);
        ignored.then(|| "answered IGNORE".to_owned())
    })
}

/// The verdicts of which `find` says something.
fn verdicts(
    facts: &Facts,
    find: impl Fn(Hook, Option<ResponsedType>, Option<&Value>) -> Option<String>,
) -> Vec<Seen> {
    each(facts, |answer| {
        let verdict = answer.verdict()?;
        let kind = ResponsedType::try_from(verdict.r#type).ok();
        find(answer.hook, kind, verdict.value.as_ref())
    })
}

fn empty_verdict(facts: &Facts) -> Vec<Seen> {
    verdicts(facts, |_, kind, value| {
        let kind = kind.filter(|kind| *kind != ResponsedType::Ignore && value.is_none())?;
        Some(format!("answered {} without a value", kind.as_str_name()))
    })
}

fn wrong_value(facts: &Facts) -> Vec<Seen> {
    verdicts(facts, |hook, kind, value| {
        if kind == Some(ResponsedType::Ignore) {
            return None;
        }
        match (hook.answer_kind(), value?) {
            (AnswerKind::Message, Value::BoolResult(_)) => {
                Some("answered bool_result where a message belongs".to_owned())
            }
            (AnswerKind::Bool, Value::Message(_)) => {
                Some("answered a message where bool_result belongs".to_owned())
            }
            _ => None,
        }
    })
}

fn unknown_verdict(facts: &Facts) -> Vec<Seen> {
    each(facts, |answer| {
        let number = answer.verdict()?.r#type;
        let known = ResponsedType::try_from(number).is_ok();
        (!known).then(|| format!("{number} is no ResponsedType"))
    })
}

fn swapped_numbers(facts: &Facts) -> Vec<Seen> {
    let version = facts.provider.broker.version();
    // Of other versions nobody wants to know it.
    if (version.major, version.minor) != (4, 3) || version.swaps_verdict_numbers() {
        return Vec::new();
    }
    verdicts(facts, |_, kind, _| {
        let kind = kind.filter(|kind| *kind != ResponsedType::StopAndReturn)?;
        Some(format!("answered the number {}", kind as i32))
    })
}

fn acl_continued(facts: &Facts) -> Vec<Seen> {
    each(facts, |answer| {
        let lost = answer.hook == Hook::ClientAuthorize
            && answer.understood == Understood::Continue(false);
        lost.then(|| "denied with CONTINUE".to_owned())
    })
}

fn continued(facts: &Facts) -> Vec<Seen> {
    each(facts, |answer| match answer.understood {
        Understood::Continue(value) => Some(format!("answered CONTINUE {value}")),
        _ => None,
    })
}

fn ingress_continued(facts: &Facts) -> Vec<Seen> {
    verdicts(facts, |hook, kind, _| {
        let wrong = hook == Hook::MessageIngress && kind == Some(ResponsedType::Continue);
        wrong.then(|| "answered CONTINUE".to_owned())
    })
}

fn authenticated_anybody(facts: &Facts) -> Vec<Seen> {
    each(facts, |answer| {
        let allowed = matches!(
            answer.understood,
            Understood::Allowed | Understood::Continue(true)
        );
        (answer.hook == Hook::ClientAuthenticate && allowed)
            .then(|| format!("allowed the client {NAME:?} without a password"))
    })
}

/// The messages in answers to a publish of which `find` says something.
fn publish(facts: &Facts, find: impl Fn(&Message) -> Option<String>) -> Vec<Seen> {
    verdicts(facts, |hook, kind, value| match value? {
        Value::Message(message)
            if hook == Hook::MessagePublish && kind != Some(ResponsedType::Ignore) =>
        {
            find(message)
        }
        _ => None,
    })
}

fn blocks(message: &Message) -> bool {
    let text = message.headers.get(ALLOW_PUBLISH);
    text.is_some_and(|text| text == "false")
}

fn blocked(facts: &Facts) -> Vec<Seen> {
    publish(facts, |message| {
        blocks(message).then(|| format!("answered with {ALLOW_PUBLISH} \"false\""))
    })
}

fn replaced(facts: &Facts) -> Vec<Seen> {
    let topic = facts
        .provider
        .call(Hook::MessagePublish)
        .map_or("", |answer| &answer.topic);
    publish(facts, |message| {
        let same = message.topic == topic && message.payload == PAYLOAD && message.qos == QOS;
        (!same && !blocks(message)).then(|| "answered with another message".to_owned())
    })
}
