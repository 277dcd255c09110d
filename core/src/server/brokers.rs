//! [`Brokers`]: which brokers have introduced themselves, and from where.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::atomic::{AtomicBool, Ordering},
    time::SystemTime,
};

use crate::{
    package::{BrokerVersion, Package, VerdictNumbers},
    sync::{Mutex, lock},
};

/// How many brokers are remembered; the one that was heard of longest ago makes room.
const MAX_BROKERS: usize = 256;

/// Remembers brokers, by their address and node.
///
/// Those of 4.3.0 to 4.3.2 read two verdict numbers the other way round and say their version only
/// when they load the provider, on one connection of several, so the peer's address has to stand
/// for the broker.
#[derive(Default)]
pub(crate) struct Brokers {
    any_swapped: AtomicBool,
    swapped: Mutex<HashMap<Option<IpAddr>, bool>>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    brokers: Vec<KnownBroker>,
    connections: HashMap<Option<IpAddr>, usize>,
}

/// A broker node that has loaded the provider, or calls it.
#[derive(Clone, Debug)]
pub(crate) struct KnownBroker {
    /// Where it comes from; none for Unix sockets.
    pub(crate) address: Option<IpAddr>,
    /// Its name; empty for brokers that do not say.
    pub(crate) node: String,
    /// As it says it; empty where it has not, because it had loaded the provider before this
    /// process began.
    pub(crate) version: String,
    pub(crate) package: Package,
    /// When it has loaded the provider.
    pub(crate) loaded: Option<SystemTime>,
    /// When its last load or the first call of its last connection came.
    pub(crate) heard: SystemTime,
    /// Connections open from its address.
    pub(crate) connections: usize,
}

impl Brokers {
    /// A broker at `peer` (none for Unix sockets) loads the provider.
    pub(crate) fn loaded(&self, peer: Option<IpAddr>, package: Package, node: &str, version: &str) {
        self.loaded_at(peer, package, node, version, SystemTime::now());
    }

    /// The same at another time, in another process that serves the address too.
    pub(crate) fn loaded_at(
        &self,
        peer: Option<IpAddr>,
        package: Package,
        node: &str,
        version: &str,
        time: SystemTime,
    ) {
        let parsed = BrokerVersion::parse(version);
        let swaps = parsed.is_some_and(BrokerVersion::swaps_verdict_numbers);
        if swaps || self.any_swapped.load(Ordering::Relaxed) {
            lock(&self.swapped).insert(peer, swaps);
            self.any_swapped.fetch_or(swaps, Ordering::Relaxed);
        }
        lock(&self.known).note(KnownBroker {
            address: peer,
            node: node.to_owned(),
            version: version.to_owned(),
            package,
            loaded: Some(time),
            heard: time,
            connections: 0,
        });
    }

    /// A broker lets go of the provider.
    pub(crate) fn unloaded(&self, peer: Option<IpAddr>, node: &str) {
        let mut known = lock(&self.known);
        known.brokers.retain(|broker| !broker.is(peer, node));
    }

    /// A new connection brings a call. Brokers before 5.9 load the provider once only, whatever
    /// becomes of this process.
    pub(crate) fn calls(&self, peer: Option<IpAddr>, package: Package, node: &str) {
        lock(&self.known).note(KnownBroker {
            address: peer,
            node: node.to_owned(),
            version: String::new(),
            package,
            loaded: None,
            heard: SystemTime::now(),
            connections: 0,
        });
    }

    /// A connection from `peer` was accepted.
    pub(crate) fn connected(&self, peer: Option<IpAddr>) {
        *lock(&self.known).connections.entry(peer).or_default() += 1;
    }

    /// A connection from `peer` has ended.
    pub(crate) fn disconnected(&self, peer: Option<IpAddr>) {
        let mut known = lock(&self.known);
        if let Some(count) = known.connections.get_mut(&peer) {
            *count -= 1;
            if *count == 0 {
                known.connections.remove(&peer);
            }
        }
    }

    /// The brokers known now, in the order of their first appearance.
    pub(crate) fn known(&self) -> Vec<KnownBroker> {
        let known = lock(&self.known);
        let counted = |broker: &KnownBroker| KnownBroker {
            connections: known.connections(broker.address),
            ..broker.clone()
        };
        known.brokers.iter().map(counted).collect()
    }

    /// How the broker at `peer` reads verdict numbers.
    pub(crate) fn verdict_numbers(&self, peer: Option<IpAddr>, package: Package) -> VerdictNumbers {
        if package == Package::V1
            && self.any_swapped.load(Ordering::Relaxed)
            && lock(&self.swapped).get(&peer).copied().unwrap_or(false)
        {
            VerdictNumbers::Swapped
        } else {
            VerdictNumbers::Current
        }
    }
}

impl Known {
    fn connections(&self, address: Option<IpAddr>) -> usize {
        self.connections.get(&address).copied().unwrap_or(0)
    }

    fn note(&mut self, heard: KnownBroker) {
        let known = self
            .brokers
            .iter_mut()
            .find(|broker| broker.is(heard.address, &heard.node));
        if let Some(known) = known {
            known.package = heard.package;
            known.heard = heard.heard;
            if heard.loaded.is_some() {
                known.loaded = heard.loaded;
                known.version = heard.version;
            }
            return;
        }
        // A node that comes back from another address, as containers do, is the same one.
        let connections = &self.connections;
        self.brokers.retain(|broker| {
            heard.node.is_empty()
                || broker.node != heard.node
                || connections.contains_key(&broker.address)
        });
        if self.brokers.len() >= MAX_BROKERS {
            let oldest = (0..self.brokers.len()).min_by_key(|index| self.brokers[*index].heard);
            self.brokers.remove(oldest.unwrap_or(0));
        }
        self.brokers.push(heard);
    }
}

impl KnownBroker {
    fn is(&self, address: Option<IpAddr>, node: &str) -> bool {
        self.address == address && self.node == node
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(last: u8) -> IpAddr {
        [127, 0, 0, last].into()
    }

    fn nodes(brokers: &Brokers) -> Vec<String> {
        let known = brokers.known();
        known.into_iter().map(|broker| broker.node).collect()
    }

    #[test]
    fn a_broker_is_known_once_however_often_it_loads_and_calls() {
        let brokers = Brokers::default();
        brokers.connected(Some(peer(1)));
        for _ in 0..3 {
            brokers.loaded(Some(peer(1)), Package::V3, "emqx@one", "5.9.2");
            brokers.calls(Some(peer(1)), Package::V3, "emqx@one");
        }
        let known = brokers.known();
        assert_eq!(known.len(), 1);
        assert_eq!(known[0].version, "5.9.2");
        assert!(known[0].loaded.is_some());
        assert_eq!(known[0].connections, 1);
        brokers.disconnected(Some(peer(1)));
        assert_eq!(brokers.known()[0].connections, 0);
        brokers.unloaded(Some(peer(1)), "emqx@one");
        assert!(brokers.known().is_empty());
    }

    #[test]
    fn restarts_do_not_make_the_list_grow_without_end() {
        let brokers = Brokers::default();
        for last in 0..=255 {
            brokers.connected(Some(peer(last)));
            brokers.loaded(Some(peer(last)), Package::V2, "emqx@one", "5.8.9");
            brokers.disconnected(Some(peer(last)));
        }
        assert_eq!(nodes(&brokers), ["emqx@one"]);
        for number in 0..2 * MAX_BROKERS {
            brokers.calls(Some(peer(1)), Package::V2, &format!("emqx@{number}"));
        }
        assert_eq!(brokers.known().len(), MAX_BROKERS);
        assert!(nodes(&brokers).contains(&"emqx@511".to_owned()));
    }
}
