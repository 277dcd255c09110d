//! How a node loads, loses and unloads a provider.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use prost::Message as _;

use super::Provider;
use crate::{
    hook::Hook,
    proto,
    sync::lock,
    testing::{
        Understood,
        broker::{CallResult, ProviderStatus, diary::Trace, effect::Received, worker::Worker},
    },
};

impl Provider {
    /// Opens the pool and asks for the hooks. A pool that was there before is closed.
    pub(in crate::testing::broker) async fn load(&self, trace: &Trace) -> Result<(), String> {
        let mut workers = Vec::new();
        // Its files are read at each load.
        let loaded = match self.settings.endpoint(self.release) {
            Ok(endpoint) => {
                workers.extend(
                    (0..self.settings.pool_size.max(1))
                        .map(|_| Worker::new(&endpoint, self.release, self.pace)),
                );
                self.load_with(&workers, trace).await
            }
            Err(error) => Err(error.to_string()),
        };
        let mut state = lock(&self.state);
        match loaded {
            Ok(hooks) => {
                state.status = ProviderStatus::Connected;
                state.reason = None;
                state.hooks = hooks;
                state.workers = workers;
                state.loads += 1;
                Ok(())
            }
            Err(reason) => {
                state.status = self.status_after_failure();
                state.reason = Some(reason.clone());
                state.workers = Vec::new();
                Err(reason)
            }
        }
    }

    async fn load_with(
        &self,
        workers: &[Arc<Worker>],
        trace: &Trace,
    ) -> Result<HashMap<Hook, Vec<String>>, String> {
        if self.release.connects_at_load() {
            for worker in workers {
                worker.connect().await?;
            }
        }
        let request = self.node.loaded_request();
        let hook = Hook::ProviderLoaded;
        let (received, elapsed) = self.exchange(&workers[0], &request, self.timeout()).await;
        let understood = match &received {
            Received::Message(message) => self.read_hooks(message.clone()),
            Received::Fails(reason) | Received::Hangs(reason) | Received::Crashes(reason) => {
                Err(reason.clone())
            }
        };
        let result = match &understood {
            Ok(_) => CallResult::Answered {
                verdict: "loaded".to_owned(),
            },
            Err(reason) => CallResult::Failed {
                reason: reason.clone(),
            },
        };
        self.write(trace, hook, request, result, elapsed);
        understood
    }

    /// The hooks of a `LoadedResponse`: the first of a name wins, and an unknown one fails all.
    fn read_hooks(&self, message: Bytes) -> Result<HashMap<Hook, Vec<String>>, String> {
        let response = proto::LoadedResponse::decode(message)
            .map_err(|error| format!("the answer is no LoadedResponse: {error}"))?;
        let specs = match self.release.kind().loaded(response) {
            Ok(Understood::Loaded(specs)) => specs,
            Ok(_) => Vec::new(),
            Err(reason) => return Err(reason),
        };
        let mut hooks = HashMap::new();
        for spec in specs {
            if let Some(hook) = Hook::from_name(&spec.name) {
                hooks.entry(hook).or_insert(spec.topics);
            }
        }
        Ok(hooks)
    }

    fn status_after_failure(&self) -> ProviderStatus {
        if self.auto_reconnect().is_some() {
            ProviderStatus::Connecting
        } else {
            ProviderStatus::Disconnected
        }
    }

    /// Removes the hooks, says so, and closes the pool. Errors do not count.
    pub(in crate::testing::broker) async fn unload(&self, trace: &Trace) {
        let workers = {
            let mut state = lock(&self.state);
            let was_loaded = state.status == ProviderStatus::Connected;
            state.status = ProviderStatus::Disabled;
            state.hooks.clear();
            let workers = std::mem::take(&mut state.workers);
            if was_loaded { workers } else { Vec::new() }
        };
        let Some(worker) = workers.first() else {
            return;
        };
        let request = self.node.unloaded_request();
        let timeout = self.release.unload_timeout().min(self.timeout());
        let (received, elapsed) = self.exchange(worker, &request, timeout).await;
        let (result, _) = self.read(Hook::ProviderUnloaded, received);
        self.write(trace, Hook::ProviderUnloaded, request, result, elapsed);
    }

    /// Forgets everything without a word, as a broker does that is killed.
    pub(in crate::testing::broker) fn kill(&self) {
        let mut state = lock(&self.state);
        state.status = ProviderStatus::Connecting;
        state.hooks.clear();
        state.workers.clear();
        state.loads = 0;
    }

    /// Makes the provider one that is lost, to be loaded anew: what a health check does.
    pub(in crate::testing::broker) async fn check_health(&self) -> bool {
        let workers = {
            let state = lock(&self.state);
            if state.status != ProviderStatus::Connected {
                return true;
            }
            state.workers.clone()
        };
        for worker in &workers {
            if !worker.is_up().await {
                let mut state = lock(&self.state);
                state.status = self.status_after_failure();
                state.reason = Some("a connection was lost".to_owned());
                return false;
            }
        }
        true
    }
}
