//! [`Stage`]: where one case is played: its programs, the broker's connections, a simulated broker.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use bytes::Bytes;
use exhook::{
    Hook, Request,
    testing::{CallOutcome, Connection, Endpoint},
};
use futures_util::future::join_all;
use tokio::task::JoinHandle;

use crate::{
    Problem,
    case::Case,
    play::Runners,
    seen,
    simulated::Simulated,
    step::{Body, CallStep, CalledStep, PathStep, ProviderState, ProviderStep, Step},
    wire::{RawCall, RawClient},
};

/// How long is waited for what has to happen; only a failing case waits so long.
const PATIENCE: Duration = Duration::from_secs(60);
const RUBBISH: [u8; 40] = [0xff; 40];

/// One run of a case.
pub(crate) struct Stage<'stage> {
    runners: &'stage mut Runners,
    case: &'stage Case,
    /// What stands behind every client id of this run.
    run: String,
    connections: HashMap<usize, Connection>,
    background: HashMap<String, Background>,
    simulated: Option<Simulated>,
    stopped: HashSet<usize>,
}

struct Background {
    hook: Hook,
    request: Option<Request>,
    outcome: JoinHandle<CallOutcome>,
}

impl<'stage> Stage<'stage> {
    pub(crate) fn new(runners: &'stage mut Runners, case: &'stage Case, number: usize) -> Self {
        Self {
            runners,
            case,
            run: format!("/{number}"),
            connections: HashMap::new(),
            background: HashMap::new(),
            simulated: None,
            stopped: HashSet::new(),
        }
    }

    /// Plays the case; says which step was not as expected.
    pub(crate) async fn play(mut self) -> Result<(), Problem> {
        for (place, step) in self.case.steps.iter().enumerate() {
            self.step(step)
                .await
                .map_err(|problem| format!("step {place}: {problem}"))?;
        }
        if let Some(name) = self.background.keys().next() {
            return Err(format!("the answer of {name:?} is never awaited"));
        }
        match self.stopped.iter().next() {
            Some(provider) => Err(format!("provider {provider} is not started again")),
            None => Ok(()),
        }
    }

    async fn step(&mut self, step: &Step) -> Result<(), Problem> {
        match step {
            Step::Call(step) => self.call(step).await,
            Step::AnswerOf(step) => {
                let Some(background) = self.background.remove(&step.answer_of) else {
                    return Err(format!("no call is called {:?}", step.answer_of));
                };
                let outcome = background
                    .outcome
                    .await
                    .map_err(|error| error.to_string())?;
                let request = background.request.as_ref();
                let kind = self.case.broker.kind();
                step.expect.check(kind, background.hook, request, &outcome)
            }
            Step::Path(step) => self.path(step).await,
            Step::Do(step) => {
                if self.simulated.is_none() {
                    self.simulated =
                        Some(Simulated::start(self.case, self.runners, &self.run).await?);
                }
                let simulated = self.simulated.as_mut().expect("just started");
                simulated.perform(step).await
            }
            Step::Called(step) => self.called(step).await,
            Step::Release => {
                for runner in &mut self.runners.list {
                    runner.release().await?;
                }
                Ok(())
            }
            Step::Pings(count) => {
                let count = *count;
                self.by_hand(1, move |client| client.ping(count)).await
            }
            Step::Settings => self.by_hand(1, RawClient::check_settings).await,
            Step::Provider(step) => self.provider(*step).await,
        }
    }

    async fn call(&mut self, step: &CallStep) -> Result<(), Problem> {
        let called = self.count_called(step.provider)?;
        let hook = step.hook();
        if let Some(name) = &step.name {
            let (request, bytes) = self.request(step, 0)?;
            let connection = self.open(step.provider).await?;
            let (package, timeout) = (self.case.broker.package(), timeout_of(step));
            let outcome =
                tokio::spawn(async move { connection.call(package, hook, &bytes, timeout).await });
            let background = Background {
                hook,
                request,
                outcome,
            };
            self.background.insert(name.clone(), background);
        } else if step.is_by_hand() {
            let (request, bytes) = self.request(step, 0)?;
            let call = RawCall {
                package: self.case.broker.package(),
                hook,
                grpc_timeout: step
                    .grpc_timeout
                    .clone()
                    .unwrap_or_else(|| "20S".to_owned()),
                body: step.body,
                request: bytes,
            };
            let outcome = self
                .by_hand(step.provider, move |client| client.call(&call))
                .await?;
            let kind = self.case.broker.kind();
            step.expect.check(kind, hook, request.as_ref(), &outcome)?;
        } else {
            self.calls(step).await?;
        }
        if step.until_called {
            self.wait_until_called(step.provider, called + 1).await?;
        }
        Ok(())
    }

    /// Calls as often as the step says, some of the calls at once.
    async fn calls(&mut self, step: &CallStep) -> Result<(), Problem> {
        let (hook, package) = (step.hook(), self.case.broker.package());
        if step.fresh {
            self.connections.remove(&step.provider);
        }
        self.connect(step.provider).await?;
        let connection = &self.connections[&step.provider];
        for round in 0..step.times {
            let first = round * step.at_once;
            let mut requests = Vec::new();
            for number in first..first + step.at_once {
                requests.push(self.request(step, number)?);
            }
            let calls: Vec<_> = requests
                .iter()
                .map(|(_, bytes)| connection.call(package, hook, bytes, timeout_of(step)))
                .collect();
            let outcomes = join_all(calls).await;
            for ((request, _), outcome) in requests.iter().zip(&outcomes) {
                let kind = self.case.broker.kind();
                step.expect.check(kind, hook, request.as_ref(), outcome)?;
            }
        }
        Ok(())
    }

    /// The request of a call, and its bytes; other bytes where the step says so.
    fn request(&self, step: &CallStep, number: usize) -> Result<(Option<Request>, Bytes), Problem> {
        match step.body {
            Body::Empty => return Ok((None, Bytes::new())),
            Body::Broken => return Ok((None, Bytes::from_static(&RUBBISH))),
            _ => {}
        }
        let version = self.case.broker.to_string();
        let request = step.about.request(step.hook(), &version, &self.run, number);
        let bytes = self.case.broker.encode(&request)?;
        let is_whole = matches!(step.body, Body::Request | Body::Windowed);
        // Brokers of 4.3 send no headers, so none can be kept.
        let sent = Request::decode(step.hook(), bytes.clone());
        Ok((sent.ok().filter(|_| is_whole), bytes))
    }

    async fn path(&mut self, step: &PathStep) -> Result<(), Problem> {
        self.connect(1).await?;
        let outcome = self.connections[&1]
            .call_path(&step.path, "emqx.exhook.Request", &[], PATIENCE)
            .await;
        let kind = self.case.broker.kind();
        step.expect
            .check(kind, Hook::ClientConnected, None, &outcome)
    }

    async fn called(&mut self, step: &CalledStep) -> Result<(), Problem> {
        let run = self.run.clone();
        let runner = self.runners.get(step.provider)?;
        let client = step.client.as_deref();
        let (called, ended) = (step.called.len(), step.ended.unwrap_or_default());
        runner
            .wait(PATIENCE, |lines| {
                seen::of_run(lines, "called", &run, client).count() >= called
                    && seen::of_run(lines, "ended", &run, client).count() >= ended
            })
            .await?;
        let lines = runner.lines();
        let reports: Vec<_> = seen::of_run(&lines, "called", &run, client).collect();
        seen::check(&step.called, &reports)?;
        let found = seen::of_run(&lines, "ended", &run, client).count();
        match step.ended {
            Some(expected) if expected != found => {
                Err(format!("{found} handlers have ended, expected {expected}"))
            }
            _ => Ok(()),
        }
    }

    fn count_called(&mut self, provider: usize) -> Result<usize, Problem> {
        let lines = self.runners.get(provider)?.lines();
        Ok(seen::of_run(&lines, "called", &self.run, None).count())
    }

    async fn wait_until_called(&mut self, provider: usize, count: usize) -> Result<(), Problem> {
        let run = self.run.clone();
        let runner = self.runners.get(provider)?;
        let enough = |lines: &[String]| seen::of_run(lines, "called", &run, None).count() >= count;
        if runner.wait(PATIENCE, enough).await? {
            return Ok(());
        }
        Err("the handler is not called".to_owned())
    }

    async fn provider(&mut self, step: ProviderStep) -> Result<(), Problem> {
        match step.is {
            ProviderState::Stopping => {
                self.stopped.insert(step.provider);
                self.runners.get(step.provider)?.begin_stop();
                Ok(())
            }
            ProviderState::Stopped => {
                self.stopped.insert(step.provider);
                self.connections.clear();
                self.runners.get(step.provider)?.stop().await
            }
            ProviderState::Started => {
                self.stopped.remove(&step.provider);
                self.runners.restart(step.provider).await
            }
        }
    }

    async fn connect(&mut self, provider: usize) -> Result<(), Problem> {
        if !self.connections.contains_key(&provider) {
            let connection = self.open(provider).await?;
            self.connections.insert(provider, connection);
        }
        Ok(())
    }

    async fn open(&mut self, provider: usize) -> Result<Connection, Problem> {
        let address = &self.runners.get(provider)?.address;
        let endpoint: Endpoint = address
            .parse()
            .map_err(|error: exhook::Error| error.to_string())?;
        Connection::open(&endpoint)
            .await
            .map_err(|error| format!("cannot connect to {endpoint}: {error}"))
    }

    /// Works a client that writes its frames by hand, on a thread where it may block.
    async fn by_hand<T: Send + 'static>(
        &mut self,
        provider: usize,
        work: impl FnOnce(&mut RawClient) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let address = self.runners.get(provider)?.address.clone();
        tokio::task::spawn_blocking(move || work(&mut RawClient::connect(&address)?))
            .await
            .map_err(|error| error.to_string())?
    }
}

fn timeout_of(step: &CallStep) -> Duration {
    Duration::from_millis(step.timeout_ms)
}
