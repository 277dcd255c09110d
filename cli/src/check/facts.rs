//! [`Facts`]: all that the rules judge.

use exhook::testing::TlsInspection;

use super::observed::Observed;
use crate::emqx::{ExhookServer, Survey};

/// What was seen of the provider, and of the broker that should call it.
pub(crate) struct Facts {
    pub(crate) provider: Observed,
    /// What it shows of itself, where it speaks TLS.
    pub(crate) tls: Option<TlsInspection>,
    pub(crate) emqx: Option<Emqx>,
}

impl Facts {
    /// The broker's entry for this provider.
    pub(crate) fn server(&self) -> Option<&ExhookServer> {
        self.emqx.as_ref().and_then(Emqx::server)
    }

    /// What the management API told.
    pub(crate) fn survey(&self) -> Option<&Survey> {
        self.emqx.as_ref().map(|emqx| &emqx.survey)
    }
}

/// A real broker.
pub(crate) struct Emqx {
    pub(crate) survey: Survey,
    /// Where the provider was found.
    pub(crate) url: String,
    /// The name that was asked for.
    pub(crate) name: Option<String>,
}

impl Emqx {
    /// The entry of the name that was asked for, else the one with the provider's address.
    pub(crate) fn server(&self) -> Option<&ExhookServer> {
        self.survey.servers.iter().find(|server| match &self.name {
            Some(name) => server.name == *name,
            None => same_address(&server.url, &self.url),
        })
    }
}

/// Whether two URLs name one address: loopback has several names.
pub(crate) fn same_address(one: &str, other: &str) -> bool {
    let plain = |url: &str| {
        let url = url.trim_end_matches('/').to_ascii_lowercase();
        let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        rest.replace("localhost:", "127.0.0.1:")
            .replace("[::1]:", "127.0.0.1:")
    };
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_address_are_the_same() {
        assert!(same_address(
            "http://localhost:9000/",
            "http://127.0.0.1:9000"
        ));
        assert!(same_address("http://Hooks:9000", "hooks:9000"));
        assert!(!same_address("http://hooks:9000", "http://hooks:9001"));
    }
}
