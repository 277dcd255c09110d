//! The runner of Rust: makes a hook program of the lines on standard input.

use std::{collections::HashMap, error::Error, io::Write as _, panic, sync::Arc, time::Duration};

use exhook::{
    AnswerKind, App, Config, ConfigValue, Fallback, Hook, HookRequest, IntoVerdict as _,
    Registration, Request, Verdict, allow, block, deny, ignore, keep_going, replace,
};
use tokio::sync::watch;

type Failure = Box<dyn Error>;

/// What one handler does.
struct Handler {
    hook: Hook,
    options: HashMap<String, String>,
    /// By the part of the client id before the slash; `*` is everybody else.
    answers: HashMap<String, String>,
}

/// A handler at work.
#[derive(Clone)]
struct Act {
    handler: Arc<Handler>,
    /// Changes whenever handlers that hold their answer back are to give it.
    gate: watch::Receiver<u64>,
}

fn main() -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new()?;
    let _entered = runtime.enter();
    panic::set_hook(Box::new(|_| {}));
    say("runner rust kinds=sync,async waits=async lacks=text,unanswered");
    let (release, gate) = watch::channel(0);
    let mut lines = std::io::stdin().lines();
    let (mut config, mut handlers, mut bind) = (Config::default(), Vec::new(), String::new());
    loop {
        let Some(line) = lines.next().transpose()? else {
            return Ok(());
        };
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let (first, second) = rest.split_once(' ').unwrap_or((rest, ""));
        match word {
            "option" => config.set(first, option(second))?,
            "handler" => handlers.push(Handler {
                hook: Hook::from_name(first).ok_or("an unknown hook")?,
                options: second
                    .split(' ')
                    .filter_map(|word| word.split_once('='))
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect(),
                answers: HashMap::new(),
            }),
            "answer" => {
                let handler = handlers.last_mut().ok_or("no handler")?;
                handler.answers.insert(first.to_owned(), second.to_owned());
            }
            "bind" => rest.clone_into(&mut bind),
            "start" => break,
            _ => return Err(format!("{line:?} is no line of a program").into()),
        }
    }
    let mut app = App::with_config(config);
    for handler in handlers {
        let act = Act {
            handler: Arc::new(handler),
            gate: gate.clone(),
        };
        register(&mut app, &act)?;
    }
    let server = app.start(&bind)?;
    say(&format!("listening {}", server.address()));
    for line in lines {
        if line? == "release" {
            release.send_modify(|number| *number += 1);
            say("released");
        }
    }
    // From now on nobody waits.
    drop(release);
    server.stop()?;
    Ok(())
}

fn option(text: &str) -> ConfigValue {
    match (text.parse(), text.parse()) {
        (Ok(number), _) => ConfigValue::Number(number),
        (_, Ok(on)) => ConfigValue::Switch(on),
        _ => ConfigValue::Text(text.to_owned()),
    }
}

macro_rules! register_any {
    ($app:ident, $act:ident: $($hook:ident)*) => {
        pastey::paste! {
            match ($act.handler.hook.snake_name(), $act.kind()) {
                $(
                    (stringify!($hook), "async") => {
                        let act = $act.clone();
                        $app.[<on_ $hook _async>](move |req| {
                            let act = act.clone();
                            async move { act.clone().answer_later(request(&*req)).await }
                        })
                    }
                    (stringify!($hook), _) => {
                        let act = $act.clone();
                        $app.[<on_ $hook>](move |req| act.answer(&request(req)))
                    }
                )*
                (other, _) => return Err(format!("there is no hook {other}").into()),
            }
        }
    };
}

fn register(app: &mut App, act: &Act) -> Result<(), Failure> {
    let registration = register_any!(app, act:
        provider_loaded provider_unloaded client_connect client_connack client_connected
        client_disconnected client_authenticate client_authorize client_subscribe
        client_unsubscribe session_created session_subscribed session_unsubscribed
        session_resumed session_discarded session_takenover session_terminated
        message_publish message_delivered message_dropped message_acked message_ingress
    );
    apply(registration, &act.handler)
}

fn apply(mut registration: Registration<'_>, handler: &Handler) -> Result<(), Failure> {
    for (name, value) in &handler.options {
        registration = match name.as_str() {
            "topics" => registration.topics(value.split(',')),
            "timeout_ms" => registration.timeout_ms(value.parse()?),
            "fallback" => registration.fallback(Fallback::for_hook(handler.hook, value)?),
            "shadow" => registration.shadow(),
            "ack" => registration.ack(value.parse()?),
            _ => registration,
        };
    }
    Ok(())
}

fn request<R: HookRequest + prost::Message>(request: &R) -> Request {
    let bytes = request.encode_to_vec().into();
    Request::decode(R::HOOK, bytes).expect("it was decoded before")
}

impl Act {
    fn kind(&self) -> &str {
        &self.handler.options["kind"]
    }

    fn answer_to(&self, request: &Request) -> &str {
        let answers = &self.handler.answers;
        let name = request.clientid().split('/').next().unwrap_or_default();
        let answer = answers.get(name).or_else(|| answers.get("*"));
        answer.map_or("none", String::as_str)
    }

    fn answer(&self, request: &Request) -> Verdict {
        say(&report("called", request));
        verdict(self.answer_to(request), request)
    }

    async fn answer_later(mut self, request: Request) -> Verdict {
        self.gate.mark_unchanged();
        say(&report("called", &request));
        let mut answer = self.answer_to(&request).to_owned();
        loop {
            if let Some(rest) = answer.strip_prefix("hold ") {
                let _ = self.gate.changed().await;
                answer = rest.to_owned();
            } else if let Some((time, rest)) = answer
                .strip_prefix("sleep ")
                .and_then(|rest| rest.split_once(' '))
            {
                let time = time.parse().expect("milliseconds");
                tokio::time::sleep(Duration::from_millis(time)).await;
                answer = rest.to_owned();
            } else {
                break;
            }
        }
        verdict(&answer, &request)
    }
}

/// What the handler returns, where it does.
fn verdict(answer: &str, request: &Request) -> Verdict {
    say(&report("ended", request));
    let (word, rest) = answer.split_once(' ').unwrap_or((answer, ""));
    match word {
        // What the hook cannot be answered with: the other one of these two.
        "wrong" if request.hook().answer_kind() == AnswerKind::Message => allow(),
        "wrong" | "block" => block(),
        "allow" => allow(),
        "deny" => deny(),
        "true" => true.into_verdict(),
        "false" => false.into_verdict(),
        "ignore" => ignore(),
        "none" => ().into_verdict(),
        "keep_going" => keep_going(rest == "true"),
        "echo" => {
            let payload = request.message().map(|message| message.payload.clone());
            replace()
                .payload(payload.unwrap_or_default())
                .into_verdict()
        }
        "replace" => {
            let changes = rest.split(' ').filter_map(|change| change.split_once('='));
            changes
                .fold(replace(), |patch, (field, value)| match field {
                    "topic" => patch.topic(value),
                    "qos" => patch.qos(value.parse().expect("a number")),
                    _ => patch.payload(value.to_owned()),
                })
                .into_verdict()
        }
        _ => panic!("as the program says"),
    }
}

/// What a handler was called with.
fn report(kind: &str, request: &Request) -> String {
    let mut words = vec![kind.to_owned(), request.hook().name().to_owned()];
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            words.push(format!("{name}={value}"));
        }
    };
    add("client", request.clientid());
    add("node", request.node());
    add("topic", request.topic().unwrap_or_default());
    if let Some(message) = request.message() {
        add("size", &message.payload.len().to_string());
    }
    match request {
        Request::ClientAuthenticate(request) => add("result", &request.result.to_string()),
        Request::ClientAuthorize(request) => add("result", &request.result.to_string()),
        Request::ClientSubscribe(request) => {
            for filter in &request.topic_filters {
                let qos = filter.subopts.map_or(0, |options| options.qos);
                add("filter", &format!("{}:{qos}", filter.name));
            }
            for property in &request.user_props {
                add("user", &format!("{}:{}", property.name, property.value));
            }
        }
        Request::ProviderLoaded(request) => {
            let broker = request.broker.clone().unwrap_or_default();
            add("version", &broker.version);
        }
        _ => {}
    }
    words.join(" ")
}

fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    // Nobody is left to tell when the other side has gone.
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}
