//! [`Plan`]: a scenario whose every value has a meaning, ready to be run.

use std::{sync::Arc, time::Duration};

use exhook::{
    Hook, did_you_mean,
    testing::{BrokerSettings, Endpoint, ProviderSettings},
};

use super::scenario::{
    BrokerSection, ClientGroup, Expectations, ProviderSection, Publish, Scenario, Step, Template,
    TimeSpan,
};

const USUAL_DURATION: Duration = Duration::from_secs(10);
/// What cannot stand in the topic of a message.
const WILDCARDS: [char; 3] = ['+', '#', '\0'];

/// What is to be done.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) broker: BrokerSettings,
    pub(super) groups: Vec<Arc<ClientGroup>>,
    /// In the order of their moments.
    pub(super) steps: Vec<Step>,
    pub(super) duration: Duration,
    /// Whether it ends before its time once everybody has done everything.
    pub(super) ends_when_done: bool,
    pub(super) seed: u64,
    pub(super) expect: Expectations,
}

impl Plan {
    /// The plan of a scenario; the error names what has no meaning.
    pub(super) fn new(scenario: Scenario) -> Result<Self, String> {
        let broker = broker_settings(&scenario.broker, scenario.provider)?;
        let groups = named(scenario.clients)?;
        for (place, group) in groups.iter().enumerate() {
            check_group(group, broker.nodes)
                .map_err(|problem| format!("clients[{place}]: {problem}"))?;
        }
        let mut steps = Vec::new();
        for (place, step) in scenario.steps.into_iter().enumerate() {
            let problem = |problem| format!("steps[{place}]: {problem}");
            step.check().map_err(problem)?;
            check_names(&step, &broker, &groups).map_err(problem)?;
            let undone = step.undone();
            steps.push(step);
            steps.extend(undone);
        }
        steps.sort_by_key(|step| step.at);
        let last = steps.last().map_or(Duration::ZERO, |step| step.at.0);
        let duration = match scenario.duration {
            Some(TimeSpan(duration)) if last > duration => {
                return Err(format!(
                    "steps: one happens at {}, after the end of the run at {}; make the duration \
                     longer",
                    TimeSpan(last),
                    TimeSpan(duration)
                ));
            }
            Some(TimeSpan(duration)) => duration,
            None => USUAL_DURATION.max(last),
        };
        check_expectations(&scenario.expect, &groups)?;
        Ok(Self {
            broker,
            groups: groups.into_iter().map(Arc::new).collect(),
            steps,
            duration,
            ends_when_done: scenario.duration.is_none(),
            seed: scenario.seed,
            expect: scenario.expect,
        })
    }

    pub(super) fn client_count(&self) -> usize {
        self.groups.iter().map(|group| group.count as usize).sum()
    }
}

fn broker_settings(
    section: &BrokerSection,
    mut providers: Vec<ProviderSection>,
) -> Result<BrokerSettings, String> {
    if providers.is_empty() {
        providers.push(ProviderSection::default());
    }
    let usual = BrokerSettings::default();
    let mut settings = BrokerSettings {
        version: section.version.map_or(usual.version, |version| version.0),
        nodes: section.nodes.unwrap_or(usual.nodes),
        authentication: section.authentication.map(Into::into),
        authorization: section.authorization.map(Into::into),
        no_match: section.no_match.map_or(usual.no_match, Into::into),
        authorization_cache: section
            .authorization_cache
            .unwrap_or(usual.authorization_cache),
        pace: section.pace.unwrap_or(usual.pace),
        keep_calls: false,
        ..usual
    };
    for (place, provider) in providers.into_iter().enumerate() {
        let Some(url) = provider.url.clone() else {
            let which = if place == 0 {
                String::new()
            } else {
                format!(" of provider[{place}]")
            };
            return Err(format!(
                "the address{which} is not known; give it with --to, such as --to \
                 http://127.0.0.1:9000, or as url of a [[provider]] in a scenario"
            ));
        };
        settings
            .providers
            .push(provider_settings(section, provider, url.0, place));
    }
    settings
        .validate()
        .map_err(|error| format!("broker: {error}"))?;
    Ok(settings)
}

fn provider_settings(
    broker: &BrokerSection,
    provider: ProviderSection,
    url: Endpoint,
    place: usize,
) -> ProviderSettings {
    let usual = ProviderSettings::new(url);
    let milliseconds = |own: Option<TimeSpan>, shared: Option<TimeSpan>, usual| {
        own.or(shared).map_or(usual, TimeSpan::milliseconds)
    };
    ProviderSettings {
        name: provider.name.unwrap_or_else(|| numbered("default", place)),
        request_timeout_ms: milliseconds(
            provider.request_timeout,
            broker.request_timeout,
            usual.request_timeout_ms,
        ),
        auto_reconnect_ms: milliseconds(
            provider.auto_reconnect,
            broker.auto_reconnect,
            usual.auto_reconnect_ms,
        ),
        failed_action: provider
            .failed_action
            .or(broker.failed_action)
            .map_or(usual.failed_action, Into::into),
        pool_size: provider
            .pool_size
            .or(broker.pool_size)
            .unwrap_or(usual.pool_size),
        ssl: provider.ssl.settings(),
        ..usual
    }
}

fn numbered(name: &str, place: usize) -> String {
    match place {
        0 => name.to_owned(),
        place => format!("{name}-{}", place + 1),
    }
}

/// The groups, each with a name of its own.
fn named(mut groups: Vec<ClientGroup>) -> Result<Vec<ClientGroup>, String> {
    if groups.is_empty() {
        return Err("there are no clients; add a [[clients]] group".to_owned());
    }
    for place in 0..groups.len() {
        if groups[place].name.is_empty() {
            groups[place].name = numbered("clients", place);
        }
        if groups[place].clientid.is_empty() {
            groups[place].clientid = Template::fixed(&format!("{}-{{n}}", groups[place].name));
        }
        let name = &groups[place].name;
        if groups[..place].iter().any(|other| other.name == *name) {
            return Err(format!(
                "clients[{place}]: another group is called {name} already"
            ));
        }
    }
    Ok(groups)
}

fn check_group(group: &ClientGroup, nodes: usize) -> Result<(), String> {
    if group.count == 0 {
        return Err("count is 0; a group has at least 1 client".to_owned());
    }
    if group.count > 1 && !group.clientid.tells_clients_apart() {
        return Err(format!(
            "clientid is {:?} for all {} clients; write {{n}} where each has its number",
            group.clientid.to_string(),
            group.count
        ));
    }
    if group.clientid.has_clientid() {
        return Err("clientid cannot have {clientid} in it; write {n}".to_owned());
    }
    if !(3..=5).contains(&group.protocol_version) {
        return Err(format!(
            "protocol_version is {}; give 3 for MQTT 3.1, 4 for 3.1.1, or 5",
            group.protocol_version
        ));
    }
    if let Some(node) = group.node
        && !(1..=nodes).contains(&node)
    {
        return Err(format!(
            "node is {node}, but the broker has nodes 1 to {nodes}"
        ));
    }
    check_rate("connect_rate", group.connect_rate)?;
    if group
        .reconnect
        .is_some_and(|pause| pause.milliseconds() == 0)
    {
        return Err("reconnect is 0s; give at least 1ms".to_owned());
    }
    if let Some(will) = &group.will {
        check_topic(&will.topic)
            .and_then(|()| check_qos(will.qos))
            .map_err(|problem| format!("will: {problem}"))?;
    }
    for (place, subscribe) in group.subscribe.iter().enumerate() {
        check_qos(subscribe.qos).map_err(|problem| format!("subscribe[{place}]: {problem}"))?;
    }
    for (place, publish) in group.publish.iter().enumerate() {
        check_publish(publish).map_err(|problem| format!("publish[{place}]: {problem}"))?;
    }
    Ok(())
}

fn check_publish(publish: &Publish) -> Result<(), String> {
    check_topic(&publish.topic)?;
    check_qos(publish.qos)?;
    check_rate("rate", publish.rate)?;
    if publish.rate.is_some() && publish.every.is_some() {
        return Err("rate and every say the same; leave one of them out".to_owned());
    }
    let endless = publish.count.is_none();
    if endless && publish.every.is_some_and(|every| every.0.is_zero()) {
        return Err("every is 0s, which needs a count".to_owned());
    }
    Ok(())
}

fn check_topic(topic: &Template) -> Result<(), String> {
    if topic.is_empty() {
        return Err("topic is empty".to_owned());
    }
    match topic.first_of(&WILDCARDS) {
        Some(letter) => Err(format!("{letter:?} cannot stand in the topic of a message")),
        None => Ok(()),
    }
}

fn check_qos(qos: u32) -> Result<(), String> {
    match qos {
        0..=2 => Ok(()),
        _ => Err(format!("qos is {qos}; give 0, 1 or 2")),
    }
}

fn check_rate(name: &str, rate: Option<f64>) -> Result<(), String> {
    match rate {
        Some(rate) if !(rate.is_finite() && (1e-6..=1e6).contains(&rate)) => Err(format!(
            "{name} is {rate}; give a number above 0, such as 10 or 0.5"
        )),
        _ => Ok(()),
    }
}

fn check_names(step: &Step, broker: &BrokerSettings, groups: &[ClientGroup]) -> Result<(), String> {
    let providers = || {
        broker
            .providers
            .iter()
            .map(|provider| provider.name.as_str())
    };
    let names = || groups.iter().map(|group| group.name.as_str());
    if let Some(provider) = &step.provider {
        is_known("provider", provider, providers().collect())?;
    }
    if let Some(group) = &step.clients {
        is_known("group of clients", group, names().collect())?;
    }
    Ok(())
}

fn check_expectations(expect: &Expectations, groups: &[ClientGroup]) -> Result<(), String> {
    for hook in expect.calls.keys() {
        let known = Hook::ALL.iter().map(|hook| hook.name()).collect();
        if Hook::from_name(hook).is_some() {
            continue;
        }
        is_known("hook", hook, known).map_err(|problem| format!("expect.calls: {problem}"))?;
    }
    for group in expect.groups.keys() {
        let known = groups.iter().map(|group| group.name.as_str()).collect();
        is_known("group of clients", group, known)
            .map_err(|problem| format!("expect.groups: {problem}"))?;
    }
    Ok(())
}

fn is_known(what: &str, name: &str, known: Vec<&str>) -> Result<(), String> {
    if known.contains(&name) {
        return Ok(());
    }
    let list = known.join(", ");
    Err(format!(
        "there is no {what} called {name}{} (there are {list})",
        did_you_mean(name, known)
    ))
}
