//! [`Sessions`]: who is connected, who subscribes to what, and what is retained.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{Subscription, channel::Channel, routes::Routes};
use crate::{
    hook::topic_matches,
    proto,
    sync::{Mutex, lock},
};

/// The sessions of a cluster.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    by_clientid: Mutex<BTreeMap<String, Session>>,
    /// Of all sessions; locked after them.
    routes: Mutex<Routes>,
    retained: Mutex<BTreeMap<String, proto::Message>>,
    /// Whose turn it is in each group of shared subscribers.
    turns: Mutex<HashMap<String, usize>>,
}

#[derive(Debug)]
struct Session {
    /// The connection it has, or had last.
    channel: Arc<Channel>,
    is_online: bool,
    subscriptions: BTreeMap<String, Subscription>,
    /// What came while nobody was connected.
    queue: Vec<Delivery>,
}

/// A message for one subscriber.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    pub(super) message: proto::Message,
    pub(super) is_retained: bool,
}

/// The session that was there when a client connected.
#[derive(Debug)]
pub(super) enum Previous {
    None,
    /// It goes on.
    Resumed {
        old: Arc<Channel>,
        was_online: bool,
        queue: Vec<Delivery>,
    },
    /// It is over.
    Discarded {
        old: Arc<Channel>,
        was_online: bool,
    },
}

/// A subscriber of a topic, and what it gets.
#[derive(Debug)]
pub(super) struct Subscriber {
    pub(super) channel: Arc<Channel>,
    pub(super) delivery: Delivery,
}

impl Sessions {
    /// Gives the client id to `channel`.
    pub(super) fn open(&self, channel: &Arc<Channel>) -> Previous {
        let mut sessions = lock(&self.by_clientid);
        let clientid = channel.clientid().to_owned();
        let fresh = |subscriptions| Session {
            channel: Arc::clone(channel),
            is_online: true,
            subscriptions,
            queue: Vec::new(),
        };
        match sessions.remove(&clientid) {
            None => {
                sessions.insert(clientid, fresh(BTreeMap::new()));
                Previous::None
            }
            Some(session) if channel.settings.clean_start => {
                self.forget_routes(&clientid, &session);
                sessions.insert(clientid, fresh(BTreeMap::new()));
                Previous::Discarded {
                    old: session.channel,
                    was_online: session.is_online,
                }
            }
            Some(session) => {
                sessions.insert(clientid, fresh(session.subscriptions));
                Previous::Resumed {
                    old: session.channel,
                    was_online: session.is_online,
                    queue: session.queue,
                }
            }
        }
    }

    /// Ends the connection; tells whether the session ends with it, and nothing where the client
    /// id is another connection's by now.
    pub(super) fn close(&self, channel: &Arc<Channel>) -> Option<bool> {
        let mut sessions = lock(&self.by_clientid);
        let session = sessions.get_mut(channel.clientid())?;
        if !session.is_online || !Arc::ptr_eq(&session.channel, channel) {
            return None;
        }
        if channel.settings.keeps_session() {
            session.is_online = false;
            return Some(false);
        }
        if let Some(session) = sessions.remove(channel.clientid()) {
            self.forget_routes(channel.clientid(), &session);
        }
        Some(true)
    }

    fn forget_routes(&self, clientid: &str, session: &Session) {
        let mut routes = lock(&self.routes);
        for subscription in session.subscriptions.values() {
            routes.remove(clientid, subscription);
        }
    }

    /// Whether the client id is this connection's.
    pub(super) fn is_online(&self, channel: &Arc<Channel>) -> bool {
        lock(&self.by_clientid)
            .get(channel.clientid())
            .is_some_and(|session| session.is_online && Arc::ptr_eq(&session.channel, channel))
    }

    pub(super) fn subscribe(&self, clientid: &str, subscription: Subscription) {
        if let Some(session) = lock(&self.by_clientid).get_mut(clientid) {
            let filter = subscription.filter.clone();
            lock(&self.routes).add(clientid, &subscription);
            session.subscriptions.insert(filter, subscription);
        }
    }

    /// Removes a subscription, if it is there.
    pub(super) fn unsubscribe(&self, clientid: &str, filter: &str) -> Option<Subscription> {
        lock(&self.by_clientid)
            .get_mut(clientid)?
            .subscriptions
            .remove(filter)
            .inspect(|subscription| lock(&self.routes).remove(clientid, subscription))
    }

    /// Keeps the message for later subscribers; one without payload ends that.
    pub(super) fn retain(&self, message: &proto::Message) {
        let mut retained = lock(&self.retained);
        if message.payload.is_empty() {
            retained.remove(&message.topic);
        } else {
            retained.insert(message.topic.clone(), message.clone());
        }
    }

    /// What is retained for a new subscriber.
    pub(super) fn retained(&self, subscription: &Subscription) -> Vec<Delivery> {
        let (group, filter) = subscription.parts();
        if group.is_some() {
            return Vec::new();
        }
        lock(&self.retained)
            .values()
            .filter(|message| topic_matches(filter, &message.topic))
            .map(|message| Delivery {
                message: proto::Message {
                    qos: message.qos.min(subscription.qos),
                    ..message.clone()
                },
                is_retained: true,
            })
            .collect()
    }

    /// Who gets the message now, in the order of client ids, and who will when they come back.
    pub(super) fn route(&self, message: &proto::Message) -> Routed {
        let mut sessions = lock(&self.by_clientid);
        let mut wanted = BTreeMap::<String, u32>::new();
        let mut groups = BTreeMap::<(String, String), Vec<(String, u32)>>::new();
        let known = lock(&self.routes);
        for clientid in known.subscribers(&message.topic) {
            let Some(session) = sessions.get(clientid) else {
                continue;
            };
            for subscription in session.subscriptions.values() {
                let (group, filter) = subscription.parts();
                let is_own = subscription.no_local && clientid == message.from;
                if is_own || !topic_matches(filter, &message.topic) {
                    continue;
                }
                let qos = subscription.qos.min(message.qos);
                match group {
                    None => {
                        let best = wanted.entry(clientid.to_owned()).or_default();
                        *best = qos.max(*best);
                    }
                    Some(group) if session.is_online => groups
                        .entry((group.to_owned(), filter.to_owned()))
                        .or_default()
                        .push((clientid.to_owned(), qos)),
                    Some(_) => {}
                }
            }
        }
        drop(known);
        let mut turns = lock(&self.turns);
        for ((group, filter), members) in groups {
            let turn = turns.entry(format!("{group}/{filter}")).or_default();
            if let Some((clientid, qos)) = members.get(*turn % members.len()) {
                wanted.entry(clientid.clone()).or_insert(*qos);
            }
            *turn = turn.wrapping_add(1);
        }
        let mut routed = Routed::default();
        for (clientid, qos) in wanted {
            let Some(session) = sessions.get_mut(&clientid) else {
                continue;
            };
            routed.count += 1;
            let delivery = Delivery {
                message: proto::Message {
                    qos,
                    ..message.clone()
                },
                is_retained: false,
            };
            if session.is_online {
                routed.now.push(Subscriber {
                    channel: Arc::clone(&session.channel),
                    delivery,
                });
            } else {
                session.queue.push(delivery);
            }
        }
        routed
    }
}

/// Where a message goes.
#[derive(Debug, Default)]
pub(super) struct Routed {
    pub(super) now: Vec<Subscriber>,
    /// How many subscribers there are, those included that are not connected.
    pub(super) count: usize,
}
