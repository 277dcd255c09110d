//! [`Node`]: one node of a simulated cluster, with its providers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::{
    BrokerSettings,
    diary::{Diary, Trace},
    provider::{Asked, Provider},
    release::{Recovery, Release},
};
use crate::{
    hook::{Hook, Request},
    proto,
};

const HEALTH_CHECK_INTERVAL: Duration = Duration::from_secs(5);
const CLUSTER: &str = "emqxcl";
const SYSTEM: &str = "EMQX";

/// Who a node is.
#[derive(Debug)]
pub(super) struct NodeIdentity {
    name: String,
    release: Release,
    began: Instant,
    next_message: AtomicU64,
}

impl NodeIdentity {
    pub(super) fn new(number: usize, release: Release) -> Arc<Self> {
        Arc::new(Self {
            name: format!("emqx{number}@127.0.0.1"),
            release,
            began: Instant::now(),
            next_message: AtomicU64::new(0),
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    #[expect(clippy::unnecessary_wraps, reason = "requests have it as an option")]
    pub(super) fn meta(&self) -> Option<proto::RequestMeta> {
        Some(proto::RequestMeta {
            node: self.name.clone(),
            version: self.release.to_string(),
            sysdescr: SYSTEM.to_owned(),
            cluster_name: CLUSTER.to_owned(),
        })
    }

    pub(super) fn loaded_request(&self) -> Request {
        let uptime = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        Request::ProviderLoaded(proto::ProviderLoadedRequest {
            broker: Some(proto::BrokerInfo {
                version: self.release.to_string(),
                sysdescr: SYSTEM.to_owned(),
                uptime,
                datetime: milliseconds().to_string(),
            }),
            meta: self.meta(),
        })
    }

    pub(super) fn unloaded_request(&self) -> Request {
        Request::ProviderUnloaded(proto::ProviderUnloadedRequest { meta: self.meta() })
    }

    /// A message of this node, with an identifier of its own.
    pub(super) fn message(&self) -> proto::Message {
        let number = self.next_message.fetch_add(1, Ordering::Relaxed);
        let timestamp = milliseconds();
        proto::Message {
            node: self.name.clone(),
            id: format!("{timestamp:016X}{number:016X}"),
            timestamp,
            ..proto::Message::default()
        }
    }
}

/// A node with the providers that it has been given.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) identity: Arc<NodeIdentity>,
    pub(super) release: Release,
    pub(super) providers: Vec<Arc<Provider>>,
}

impl Node {
    pub(super) fn new(
        number: usize,
        settings: &BrokerSettings,
        diary: &Arc<Diary>,
        link_delay_ms: &Arc<AtomicU64>,
    ) -> Arc<Self> {
        let identity = NodeIdentity::new(number, settings.version);
        let providers = settings
            .providers
            .iter()
            .map(|provider| {
                Provider::new(provider.clone(), settings, &identity, diary, link_delay_ms)
            })
            .collect();
        Arc::new(Self {
            identity,
            release: settings.version,
            providers,
        })
    }

    /// Loads one provider after the other, as a node does when it starts; those that cannot be
    /// loaded are tried again later.
    pub(super) async fn load(self: &Arc<Self>) {
        for provider in &self.providers {
            Self::load_provider(provider).await;
        }
    }

    /// Loads the provider of this name, if there is one.
    pub(super) async fn load_one(self: &Arc<Self>, name: &str) {
        for provider in &self.providers {
            if provider.name() == name {
                Self::load_provider(provider).await;
            }
        }
    }

    async fn load_provider(provider: &Arc<Provider>) {
        if provider.load(&Trace::default()).await.is_err() {
            Self::reload_later(provider);
        }
    }

    /// Tries until it succeeds, or the broker is gone, or somebody else has done it.
    fn reload_later(provider: &Arc<Provider>) {
        let Some(pause) = provider.auto_reconnect() else {
            return;
        };
        let provider = Arc::downgrade(provider);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(pause).await;
                let Some(provider) = provider.upgrade() else {
                    return;
                };
                if !provider.is_waiting_to_load() || provider.load(&Trace::default()).await.is_ok()
                {
                    return;
                }
            }
        });
    }

    /// Looks at the connections again and again, where the release does so.
    pub(super) fn check_health(self: &Arc<Self>, settings: &BrokerSettings) {
        if self.release.recovery() != Recovery::HealthCheck {
            return;
        }
        let node = Arc::downgrade(self);
        let interval = settings.paced(HEALTH_CHECK_INTERVAL);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(interval).await;
                let Some(node) = node.upgrade() else {
                    return;
                };
                for provider in &node.providers {
                    if !provider.check_health().await {
                        Self::reload_later(provider);
                    }
                }
            }
        });
    }

    /// Tells all who want to know, one after the other, and waits for each.
    pub(super) async fn notify(&self, trace: &Trace, request: Request) {
        for provider in &self.providers {
            for _ in 0..provider.copies() {
                // What became of it is in the diary; nothing else comes of it.
                let _: Asked = provider.ask(trace, request.clone()).await;
            }
        }
    }

    /// Whether `hook` is installed: some provider has registered it.
    pub(super) fn has_installed(&self, hook: Hook) -> bool {
        self.providers
            .iter()
            .any(|provider| provider.has_registered(hook))
    }
}

fn milliseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
