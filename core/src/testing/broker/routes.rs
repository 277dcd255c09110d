//! [`Routes`]: who has subscribed to what, by topic filter, so that a message is compared with each
//! filter, not with each subscription of each client.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Subscription;
use crate::hook::topic_matches;

/// Client ids by the filters of their subscriptions.
#[derive(Debug, Default)]
pub(super) struct Routes {
    /// Filters that are topics.
    topics: HashMap<String, Subscribers>,
    with_wildcards: BTreeMap<String, Subscribers>,
}

/// Client ids, each with the subscription as it was given: one may have the same filter with a
/// group and without.
type Subscribers = BTreeSet<(String, String)>;

impl Routes {
    pub(super) fn add(&mut self, clientid: &str, subscription: &Subscription) {
        let (_, filter) = subscription.parts();
        let subscriber = (clientid.to_owned(), subscription.filter.clone());
        let subscribers = if has_wildcards(filter) {
            self.with_wildcards.entry(filter.to_owned()).or_default()
        } else {
            self.topics.entry(filter.to_owned()).or_default()
        };
        subscribers.insert(subscriber);
    }

    pub(super) fn remove(&mut self, clientid: &str, subscription: &Subscription) {
        let (_, filter) = subscription.parts();
        let subscriber = (clientid.to_owned(), subscription.filter.clone());
        let found = if has_wildcards(filter) {
            self.with_wildcards.get_mut(filter)
        } else {
            self.topics.get_mut(filter)
        };
        if let Some(subscribers) = found {
            subscribers.remove(&subscriber);
            if subscribers.is_empty() {
                self.topics.remove(filter);
                self.with_wildcards.remove(filter);
            }
        }
    }

    /// The clients that have a subscription which `topic` matches, in the order of their ids.
    pub(super) fn subscribers(&self, topic: &str) -> BTreeSet<&str> {
        let matching = self.with_wildcards.iter();
        let matching = matching.filter(|(filter, _)| topic_matches(filter, topic));
        matching
            .map(|(_, subscribers)| subscribers)
            .chain(self.topics.get(topic))
            .flatten()
            .map(|(clientid, _)| clientid.as_str())
            .collect()
    }
}

fn has_wildcards(filter: &str) -> bool {
    filter.contains(['+', '#'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscribers_are_found_by_topic_until_they_have_none_left() {
        let mut routes = Routes::default();
        let subscriptions = ["a/b", "a/+", "#", "$share/g/a/b"].map(Subscription::new);
        for (subscription, clientid) in subscriptions.iter().zip(["c4", "c3", "c2", "c4"]) {
            routes.add(clientid, subscription);
        }
        let found = |routes: &Routes, topic| {
            let found = routes.subscribers(topic).into_iter();
            found.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(found(&routes, "a/b"), ["c2", "c3", "c4"]);
        assert_eq!(found(&routes, "a/c"), ["c2", "c3"]);
        assert_eq!(found(&routes, "$SYS/a"), Vec::<String>::new());
        routes.remove("c4", &subscriptions[0]);
        assert_eq!(
            found(&routes, "a/b"),
            ["c2", "c3", "c4"],
            "in a group still"
        );
        routes.remove("c4", &subscriptions[3]);
        routes.remove("c2", &subscriptions[2]);
        assert_eq!(found(&routes, "a/b"), ["c3"]);
        assert!(routes.topics.is_empty());
    }
}
