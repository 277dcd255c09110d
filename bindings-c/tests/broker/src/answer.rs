//! What became of a call, in words.

use exhook::{
    Hook, Package,
    testing::{BrokerKind, CallOutcome, Understood},
};

/// What a broker of `package`, in its newest version, makes of an answer.
pub(crate) fn words(package: Package, hook: Hook, outcome: &CallOutcome) -> String {
    if outcome.timed_out {
        return "timed out".to_owned();
    }
    if let Some(reason) = &outcome.reset {
        return format!("lost: {reason}");
    }
    if let Some(status) = outcome.grpc_status.filter(|status| *status != 0) {
        return format!("grpc {status}: {}", outcome.grpc_message);
    }
    let broker = BrokerKind {
        package,
        version: None,
    };
    match broker.understand(hook, outcome) {
        Understood::Replaced {
            topic,
            qos,
            payload,
        } => format!("replace {topic} {qos} {}", payload.escape_ascii()),
        Understood::Loaded(hooks) => {
            let hooks = hooks.iter().map(|hook| match hook.topics.as_slice() {
                [] => format!(" {}", hook.name),
                topics => format!(" {}[{}]", hook.name, topics.join(",")),
            });
            format!("loaded{}", hooks.collect::<String>())
        }
        Understood::Illegal(why) => format!("illegal: {why}"),
        other => other.name().to_owned(),
    }
}
