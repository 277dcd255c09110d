//! [`OperatorThread`]: an operator with a thread of its own, for callers that know no tokio.

use std::{
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    time::Duration,
};

use tokio::sync::OnceCell;

use super::{BrokerSettings, BrokerThread, Operator, operator::parse};
use crate::error::{Error, ErrorCode};

/// An [`Operator`] on a [`BrokerThread`]. Any thread may give it commands, which are
/// performed side by side.
///
/// Dropping it ends the thread, and every wait for an outcome, without an unload: perform the
/// command `stop` before. It does not block. In a forked child, which has no such thread, it must
/// neither be used nor dropped.
#[derive(Debug)]
pub struct OperatorThread {
    thread: BrokerThread,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: BrokerSettings,
    operator: OnceCell<Operator>,
}

/// What will come of a command, which is performed whether or not anybody waits for it.
#[derive(Debug)]
pub struct Pending {
    outcome: mpsc::Receiver<Result<String, Error>>,
}

impl OperatorThread {
    /// Starts the thread, which starts a broker with settings in JSON. Does not wait until that
    /// has tried to load its providers: the first command does.
    ///
    /// # Errors
    ///
    /// As [`Operator::start_json`], and [`ErrorCode::Io`] where the system refuses the thread.
    pub fn start_json(settings: &str) -> Result<Self, Error> {
        let settings: BrokerSettings = parse("settings of the broker", settings)?;
        settings.validate()?;
        let thread = BrokerThread::start(|| {})?;
        let shared = Arc::new(Shared {
            settings,
            operator: OnceCell::new(),
        });
        let loading = Arc::clone(&shared);
        thread.begin(async move {
            // Settings that are wrong were refused above.
            let _ = loading.operator().await;
        });
        Ok(Self { thread, shared })
    }

    /// The settings of its broker.
    pub fn settings(&self) -> &BrokerSettings {
        &self.shared.settings
    }

    /// Begins to perform a command in JSON, as [`Operator::perform_json`] does.
    pub fn begin_json(&self, command: String) -> Pending {
        let (sender, outcome) = mpsc::channel();
        let shared = Arc::clone(&self.shared);
        self.thread.begin(async move {
            let performed = match shared.operator().await {
                Ok(operator) => operator.perform_json(&command).await,
                Err(error) => Err(error),
            };
            // Whoever has given up does not hear of it.
            let _ = sender.send(performed);
        });
        Pending { outcome }
    }
}

impl Shared {
    async fn operator(&self) -> Result<&Operator, Error> {
        let start = || Operator::start(self.settings.clone());
        self.operator.get_or_try_init(start).await
    }
}

impl Pending {
    /// Waits for the outcome, `patience` at most; `None` where it is not there by then. It is
    /// returned once.
    ///
    /// # Errors
    ///
    /// As [`Operator::perform_json`], and [`ErrorCode::WrongState`] where the broker has ended.
    pub fn wait(&self, patience: Duration) -> Option<Result<String, Error>> {
        match self.outcome.recv_timeout(patience) {
            Ok(outcome) => Some(outcome),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Err(Error::new(
                ErrorCode::WrongState,
                "the broker has ended, so nothing came of the command",
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn commands_of_several_threads_are_performed() {
        let thread = OperatorThread::start_json(r#"{"version": "5.8"}"#).expect("a broker");
        assert_eq!(thread.settings().version.to_string(), "5.8.9");
        std::thread::scope(|scope| {
            for number in 0..4 {
                let thread = &thread;
                scope.spawn(move || {
                    let name = format!(r#""client": "c{number}""#);
                    for command in [
                        format!(r#"{{"do": "client", {name}, "settings": {{"clientid": "c"}}}}"#),
                        format!(r#"{{"do": "connect", {name}}}"#),
                    ] {
                        let outcome = thread.begin_json(command).wait(LONG).expect("in time");
                        outcome.expect("performed");
                    }
                });
            }
        });
    }

    #[test]
    fn what_is_wrong_is_told_at_once_or_as_the_outcome() {
        let error = OperatorThread::start_json(r#"{"nodes": 0}"#).expect_err("no nodes");
        assert_eq!(error.code(), ErrorCode::InvalidOption);
        let thread = OperatorThread::start_json("{}").expect("a broker");
        let outcome = thread.begin_json("{}".to_owned()).wait(LONG);
        let error = outcome.expect("in time").expect_err("no command");
        assert!(error.to_string().contains("command"), "{error}");
    }

    #[test]
    fn dropping_it_ends_every_wait() {
        let thread = OperatorThread::start_json("{}").expect("a broker");
        let waiting = r#"{"do": "wait_until_loaded", "patience_ms": 3600000}"#;
        // No provider has to be loaded, so that this is true at once.
        let pending = thread.begin_json(waiting.to_owned());
        assert_eq!(pending.wait(LONG).expect("in time").expect("true"), "true");
        let settings = r#"{"providers": [{"url": "http://127.0.0.1:1", "auto_reconnect_ms": 0}]}"#;
        let thread_of_nobody = OperatorThread::start_json(settings).expect("a broker");
        let pending = thread_of_nobody.begin_json(waiting.to_owned());
        assert!(pending.wait(Duration::from_millis(1)).is_none());
        drop(thread_of_nobody);
        let error = pending.wait(LONG).expect("in time").expect_err("ended");
        assert_eq!(error.code(), ErrorCode::WrongState);
    }
}
