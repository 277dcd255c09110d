//! [`Brokers`]: which brokers have introduced themselves.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{
    package::{BrokerVersion, Package, VerdictNumbers},
    sync::{Mutex, lock},
};

/// Remembers which peers are brokers of 4.3.0 to 4.3.2.
///
/// Those read two verdict numbers the other way round and say their version only when they load
/// the provider, on one connection of several, so the peer's address has to stand for the broker.
#[derive(Default)]
pub(crate) struct Brokers {
    any_swapped: AtomicBool,
    swapped: Mutex<HashMap<Option<IpAddr>, bool>>,
}

impl Brokers {
    /// A broker at `peer` (none for Unix sockets) loads the provider.
    pub(crate) fn loaded(&self, peer: Option<IpAddr>, version: Option<BrokerVersion>) {
        let swaps = version.is_some_and(BrokerVersion::swaps_verdict_numbers);
        if swaps || self.any_swapped.load(Ordering::Relaxed) {
            lock(&self.swapped).insert(peer, swaps);
            self.any_swapped.fetch_or(swaps, Ordering::Relaxed);
        }
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
