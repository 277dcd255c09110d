//! [`SimulateArguments`]: the options of `exhook simulate`, and the scenario that they make.

use std::path::PathBuf;

use clap::Args;
use exhook::{
    Package,
    testing::{Endpoint, Release},
};

use super::scenario::{
    self, Address, ClientGroup, EmqxVersion, FailedActionChoice, Publish, Scenario, Subscribe,
    Template, TimeSpan,
};
use crate::tls::TlsArguments;

const EXAMPLES: &str = "\
Examples:
  exhook simulate --to http://127.0.0.1:9000
                        Ten clients of EMQX 6.2, each of which publishes once a second
  exhook simulate --to 127.0.0.1:9000 --emqx-version 5.8 --username 'user-{n}' -v
                        The same of EMQX 5.8, with user names; tells what happens as it happens
  exhook simulate --to 127.0.0.1:9000 --clients 1000 --rate 1 --duration 1m --quiet --json
                        A fleet, for a script
  exhook simulate fleet.toml --to unix:/run/exhook.sock
                        What a file says: groups of clients, faults, expectations
  exhook simulate fleet.toml --to 127.0.0.1:9000 --package v1 --failed-action ignore
                        The same with an EMQX 4 that lets in whom it could not ask about
  exhook simulate --schema > scenario.schema.json
                        What may stand in such a file, for an editor

In topics, payloads, user names and passwords are filled in: {n}, the number of the client;
{clientid}; {seq}, the number of its message; {random:1..100}; {timestamp}.

Exit codes:
  0    All was as it should be: every answer was one that the broker could use, and everything
       came out as the scenario expects
  1    The program was at fault: calls failed, answers were unusable, it could not be loaded or
       was lost; or something came out otherwise than expected
  2    Nothing could be simulated: wrong usage, a scenario with a mistake in it
  130  Interrupted by Ctrl-C; what happened until then is reported";

/// Let a fleet of MQTT clients meet a hook program, through a simulated EMQX.
///
/// The clients connect, subscribe and publish; the simulated broker calls the program as the real
/// one would, and does with its answers what the real one would do. What each client experiences
/// is reported. A scenario file has groups of clients, faults of the network and of the broker,
/// and what is expected of the run, which makes it a test. Options override the file, in every
/// group.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are flags of a command line"
)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SimulateArguments {
    /// The scenario, a .toml, .yaml or .json file
    #[arg(value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
    /// Where the program listens
    #[arg(
        long,
        value_name = "URL",
        help = "Where the program listens: http://host:port, https://host:port, host:port or \
                unix:/path; once for each provider of the scenario"
    )]
    pub(super) to: Vec<Endpoint>,
    /// The EMQX to behave like, such as 5.8 or 5.8.9 [default: 6.2]
    #[arg(long, value_name = "VERSION")]
    emqx_version: Option<EmqxVersion>,
    /// The newest EMQX that speaks this package: v1, v2 or v3
    #[arg(long, value_parser = parse_package, conflicts_with = "emqx_version")]
    package: Option<Package>,
    /// How many nodes the broker has [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=32))]
    nodes: Option<u8>,
    /// How many connections each node opens [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pool_size: Option<u16>,
    /// How long the broker waits for an answer [default: 5s]
    #[arg(long, value_name = "TIME")]
    request_timeout: Option<TimeSpan>,
    /// What the broker does where no answer comes [default: deny]
    #[arg(long, value_enum)]
    failed_action: Option<FailedActionChoice>,
    /// How many times faster the broker's own waits pass, those before it connects or loads anew
    /// [default: 1]
    #[arg(long, value_name = "TIMES")]
    pace: Option<f64>,
    /// How many clients there are [default: 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    clients: Option<u32>,
    /// How many messages each client publishes in a second [default: 1]
    #[arg(long, value_name = "N")]
    rate: Option<f64>,
    /// For how long [default: 10s]
    #[arg(long, value_name = "TIME")]
    duration: Option<TimeSpan>,
    /// What the clients publish to, and without a file subscribe to, where it is the same for all
    /// their messages [default: simulate/{clientid}]
    #[arg(long, value_name = "TEMPLATE")]
    topic: Option<Template>,
    /// What they publish [default: {"seq":{seq},"value":{random:0..100}}]
    #[arg(long, value_name = "TEMPLATE")]
    payload: Option<Template>,
    /// The quality of service of what they publish [default: 0]
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=2))]
    qos: Option<u32>,
    /// Their user names [default: none]
    #[arg(long, value_name = "TEMPLATE")]
    username: Option<Template>,
    /// Their passwords [default: none]
    #[arg(long, value_name = "TEMPLATE")]
    password: Option<Template>,
    /// What random numbers and moments begin with [default: 0]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Print the report as one JSON object, with every client
    #[arg(long)]
    pub(super) json: bool,
    /// Tell on standard error what happens as it happens
    #[arg(long, short, conflicts_with = "quiet")]
    pub(super) verbose: bool,
    /// No progress, and no report unless something is wrong or --json asks for it
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Print the JSON schema of scenario files, and do nothing else
    #[arg(long)]
    pub(super) schema: bool,
    #[command(flatten)]
    tls: TlsArguments,
}

fn parse_package(text: &str) -> Result<Package, String> {
    Package::from_short_name(text).ok_or_else(|| "expected v1, v2 or v3".to_owned())
}

impl SimulateArguments {
    /// The scenario of the file, or the one without a file, with what the options say.
    pub(super) fn scenario(&self) -> Result<Scenario, String> {
        let mut scenario = match &self.file {
            Some(file) => scenario::read(file)?,
            None => self.built_in(),
        };
        self.override_broker(&mut scenario)?;
        self.override_clients(&mut scenario)?;
        Ok(scenario)
    }

    /// Clients that publish once a second, and get what they publish.
    fn built_in(&self) -> Scenario {
        let topic = self
            .topic
            .clone()
            .unwrap_or_else(|| Template::fixed("simulate/{clientid}"));
        let mut group = ClientGroup {
            count: 10,
            clientid: Template::fixed("client-{n}"),
            ..ClientGroup::default()
        };
        if topic.is_fixed_for_a_client() {
            group.subscribe.push(Subscribe::to(topic.clone()));
        }
        group.publish.push(Publish {
            payload: Template::fixed("{\"seq\":{seq},\"value\":{random:0..100}}"),
            ..Publish::to(topic)
        });
        Scenario {
            duration: Some(TimeSpan::seconds(10)),
            clients: vec![group],
            ..Scenario::default()
        }
    }

    fn override_broker(&self, scenario: &mut Scenario) -> Result<(), String> {
        let version = self
            .package
            .map(|package| EmqxVersion(Release::of_package(package)))
            .or(self.emqx_version);
        let broker = &mut scenario.broker;
        broker.version = version.or(broker.version);
        broker.nodes = self.nodes.map(usize::from).or(broker.nodes);
        broker.pace = self.pace.or(broker.pace);
        broker.pool_size = self.pool_size.map(usize::from).or(broker.pool_size);
        broker.request_timeout = self.request_timeout.or(broker.request_timeout);
        broker.failed_action = self.failed_action.or(broker.failed_action);
        for provider in &mut scenario.provider {
            provider.pool_size = self.pool_size.map(usize::from).or(provider.pool_size);
            provider.request_timeout = self.request_timeout.or(provider.request_timeout);
            provider.failed_action = self.failed_action.or(provider.failed_action);
        }
        let mut addresses = self.to.iter().cloned().map(Address);
        for provider in &mut scenario.provider {
            provider.url = addresses.next().or(provider.url.take());
        }
        for address in addresses {
            scenario.provider.push(scenario::ProviderSection {
                url: Some(address),
                ..scenario::ProviderSection::default()
            });
        }
        let tls = self.tls.settings();
        if !tls.is_empty() {
            let mut providers = scenario.provider.iter_mut().filter(|provider| {
                let url = provider.url.as_ref();
                url.is_none_or(|url| url.0.is_tls())
            });
            let first = providers.next();
            if first.is_none() {
                return Err(
                    "no provider is called with TLS; give https:// in its address, or leave out \
                     the options for TLS"
                        .to_owned(),
                );
            }
            for provider in first.into_iter().chain(providers) {
                provider.ssl.override_with(&tls);
            }
        }
        scenario.seed = self.seed.unwrap_or(scenario.seed);
        scenario.duration = self.duration.or(scenario.duration);
        Ok(())
    }

    fn override_clients(&self, scenario: &mut Scenario) -> Result<(), String> {
        for group in &mut scenario.clients {
            group.count = self.clients.unwrap_or(group.count);
            group.username = self.username.clone().or(group.username.take());
            group.password = self.password.clone().or(group.password.take());
            for publish in &mut group.publish {
                if let Some(rate) = self.rate {
                    publish.rate = Some(rate);
                    publish.every = None;
                }
                if let Some(topic) = &self.topic {
                    publish.topic = topic.clone();
                }
                if let Some(payload) = &self.payload {
                    publish.payload = payload.clone();
                }
                publish.qos = self.qos.unwrap_or(publish.qos);
            }
        }
        let publishes = scenario
            .clients
            .iter()
            .any(|group| !group.publish.is_empty());
        let about_messages = [
            ("--rate", self.rate.is_some()),
            ("--topic", self.topic.is_some()),
            ("--payload", self.payload.is_some()),
            ("--qos", self.qos.is_some()),
        ];
        match about_messages
            .iter()
            .find(|(_, given)| *given && !publishes)
        {
            Some((option, _)) => Err(format!(
                "{option} changes what clients publish, but those of the scenario publish nothing"
            )),
            None => Ok(()),
        }
    }
}
