//! [`ConnectionPermits`]: how many connections are served, in all and for each address.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::warn;

#[cfg(unix)]
use super::super::dealt::{Dealer, DealtConnection};
use crate::{
    log::Seldom,
    sync::{Mutex, lock},
};

/// How many connections are served, in all and for each address.
pub(crate) struct ConnectionPermits {
    total: Arc<Semaphore>,
    most: usize,
    peers: Arc<Peers>,
    waited: Seldom,
}

struct Peers {
    most: usize,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// Leave for one connection, given back when it is dropped.
pub(crate) struct ConnectionPermit {
    _total: OwnedSemaphorePermit,
    peer: Option<(IpAddr, Arc<Peers>)>,
    #[cfg(unix)]
    dealt: Option<DealtConnection>,
}

impl ConnectionPermits {
    pub(crate) fn new(most: usize, most_per_peer: usize) -> Self {
        let most = most.min(Semaphore::MAX_PERMITS);
        Self {
            total: Arc::new(Semaphore::new(most)),
            most,
            peers: Arc::new(Peers {
                most: most_per_peer,
                open: Mutex::new(HashMap::new()),
            }),
            waited: Seldom::new(),
        }
    }

    /// Leave to accept a connection, once there is any.
    pub(crate) async fn acquire(&self) -> ConnectionPermit {
        if self.total.available_permits() == 0
            && let Some(due) = self.waited.due()
        {
            warn!(
                repeated = due.repeated,
                served = self.most,
                "as many connections are open as are served at once; more wait. Raise \
                 max_connections, or find out who opens them"
            );
        }
        let total = Arc::clone(&self.total).acquire_owned().await;
        ConnectionPermit {
            _total: total.expect("the semaphore is never closed"),
            peer: None,
            #[cfg(unix)]
            dealt: None,
        }
    }

    /// Puts an accepted connection down to its address; whether it may have one more.
    pub(crate) fn admit(&self, permit: &mut ConnectionPermit, address: IpAddr) -> bool {
        let mut open = lock(&self.peers.open);
        let count = open.entry(address).or_default();
        if *count >= self.peers.most {
            return false;
        }
        *count += 1;
        permit.peer = Some((address, Arc::clone(&self.peers)));
        true
    }
}

#[cfg(unix)]
impl ConnectionPermit {
    /// Puts a connection down to who has dealt it out, and is told of its end.
    pub(crate) fn dealt_by(&mut self, dealer: &Dealer) {
        self.dealt = Some(dealer.connection());
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let Some((address, peers)) = self.peer.take() else {
            return;
        };
        let mut open = lock(&peers.open);
        if let Some(count) = open.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&address);
            }
        }
    }
}

#[cfg(all(test, not(exhook_loom)))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn leave_is_counted_in_all_and_by_address_and_comes_back() {
        let permits = ConnectionPermits::new(3, 1);
        let [one, other] = [[127, 0, 0, 1], [127, 0, 0, 2]].map(IpAddr::from);
        let mut first = permits.acquire().await;
        assert!(permits.admit(&mut first, one));
        let mut second = permits.acquire().await;
        assert!(!permits.admit(&mut second, one));
        assert!(permits.admit(&mut second, other));
        let _third = permits.acquire().await;
        assert_eq!(permits.total.available_permits(), 0);
        drop(first);
        let mut again = permits.acquire().await;
        assert!(permits.admit(&mut again, one));
        drop((again, second));
        assert!(lock(&permits.peers.open).is_empty());
    }
}
