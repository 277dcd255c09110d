//! [`Survey`]: everything in a broker that decides whether a hook is called.

use exhook::BrokerVersion;

use super::{
    EmqxClient, EmqxError,
    api::{Authenticator, AuthorizationSettings, ExhookServer, Listener, Node, Source, Sources},
};

/// What the management API told.
#[derive(Debug)]
pub(crate) struct Survey {
    /// In the order in which the broker asks them.
    pub(crate) servers: Vec<ExhookServer>,
    pub(crate) nodes: Vec<Node>,
    /// In the order in which the broker asks them.
    pub(crate) sources: Vec<Source>,
    pub(crate) authorization: AuthorizationSettings,
    pub(crate) authenticators: Vec<Authenticator>,
    pub(crate) listeners: Vec<Listener>,
    /// What could not be read, and why.
    pub(crate) unread: Vec<String>,
}

impl Survey {
    /// Asks the API for all of it. Only the exhook servers must be readable; the rest may be
    /// closed to the API key, or be different in other versions.
    pub(crate) fn take(client: &EmqxClient) -> Result<Self, EmqxError> {
        let mut servers: Vec<ExhookServer> = client.get("/exhooks")?;
        let mut unread = Vec::new();
        for server in servers.iter_mut().filter(|server| server.enable) {
            let path = format!("/exhooks/{}/hooks", server.name);
            server.calls = optional(client.get(&path), &mut unread);
        }
        let nodes = optional(client.get("/nodes"), &mut unread);
        let sources: Sources = optional(client.get("/authorization/sources"), &mut unread);
        let authorization = optional(client.get("/authorization/settings"), &mut unread);
        let authenticators = optional(client.get("/authentication"), &mut unread);
        let mut listeners: Vec<Listener> = optional(client.get("/listeners"), &mut unread);
        for listener in listeners.iter_mut().filter(|listener| listener.enable) {
            // The list says nothing of authentication; where the listener itself cannot be
            // read, its setting stays unknown.
            if let Ok(whole) = client.get(&format!("/listeners/{}", listener.id)) {
                *listener = whole;
            }
        }
        Ok(Self {
            servers,
            nodes,
            sources: sources.sources,
            authorization,
            authenticators,
            listeners,
            unread,
        })
    }

    /// The version of the oldest node.
    pub(crate) fn version(&self) -> Option<BrokerVersion> {
        self.nodes
            .iter()
            .filter_map(|node| BrokerVersion::parse(&node.version))
            .min()
    }
}

fn optional<T: Default>(answer: Result<T, EmqxError>, unread: &mut Vec<String>) -> T {
    answer.unwrap_or_else(|error| {
        unread.push(error.to_string());
        T::default()
    })
}
