//! [`Hosts`]: by which names the admin listener may be asked for.

use std::net::IpAddr;

use http::{HeaderMap, header::HOST};

use super::AdminAddress;

/// The names by which the admin listener may be asked for.
///
/// A page of a stranger can give its own name the address of this machine (DNS rebinding), and could
/// then read in a browser what only this machine may. Such a request has the stranger's name.
pub(super) enum Hosts {
    /// Whoever reaches the address may read it, by whatever name.
    Any,
    /// This machine only: literal addresses, `localhost`, and the name in the option.
    Loopback { named: String },
}

impl Hosts {
    pub(super) fn new(bound: IpAddr, wanted: &AdminAddress) -> Self {
        if bound.is_loopback() {
            Hosts::Loopback {
                named: wanted.host().to_owned(),
            }
        } else {
            Hosts::Any
        }
    }

    /// Whether a request with these headers is meant for this listener.
    pub(super) fn allow(&self, headers: &HeaderMap) -> bool {
        let Hosts::Loopback { named } = self else {
            return true;
        };
        // Every browser sends one; whoever can leave it out has other ways.
        let Some(host) = headers.get(HOST) else {
            return true;
        };
        let Ok(host) = host.to_str() else {
            return false;
        };
        let name = name_of(host);
        name.parse::<IpAddr>().is_ok()
            || name.eq_ignore_ascii_case(named)
            || name.eq_ignore_ascii_case("localhost")
            || name.to_ascii_lowercase().ends_with(".localhost")
    }
}

/// The name in `name:port`, `[address]:port` or what has no port.
fn name_of(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split_once(']').map_or("", |(address, _)| address);
    }
    host.split_once(':').map_or(host, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(admin: &str, bound: &str, host: &str) -> bool {
        let wanted = admin.parse().expect(admin);
        let hosts = Hosts::new(bound.parse().expect(bound), &wanted);
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().expect(host));
        hosts.allow(&headers)
    }

    #[test]
    fn on_loopback_only_names_that_no_stranger_can_own_are_answered() {
        for host in [
            "localhost:9090",
            "LOCALHOST",
            "exhook.localhost:9090",
            "127.0.0.1:9090",
            "[::1]:9090",
            "::1",
            "10.0.0.1",
        ] {
            let is_address_without_brackets = host == "::1";
            assert_ne!(
                asks("9090", "127.0.0.1", host),
                is_address_without_brackets,
                "{host}"
            );
        }
        for host in [
            "evil.example:9090",
            "localhost.evil.example",
            "",
            "[",
            "a:b:c",
        ] {
            assert!(!asks("9090", "127.0.0.1", host), "{host}");
        }
        assert!(asks("here.example:9090", "127.0.0.1", "here.example:9090"));
        assert!(asks("0.0.0.0:9090", "0.0.0.0", "hooks.example:9090"));
    }
}
