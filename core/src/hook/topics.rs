//! MQTT topic filters, matched as EMQX matches them.

use std::fmt;

/// Whether `topic` matches `filter`, by the rules of `emqx_topic:match/2`.
///
/// `+` stands for one level, a closing `#` for the levels that follow, none included. A filter
/// that begins with a wildcard does not match topics that begin with `$`.
pub fn topic_matches(filter: &str, topic: &str) -> bool {
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut levels = topic.split('/');
    let mut filter_levels = filter.split('/');
    loop {
        match (filter_levels.next(), levels.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(_)) => {}
            (Some(wanted), Some(level)) if wanted == level => {}
            _ => return false,
        }
    }
}

/// Why a topic filter cannot be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicFilterError {
    filter: String,
    problem: &'static str,
}

impl fmt::Display for TopicFilterError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "topic filter {:?} {}", self.filter, self.problem)
    }
}

impl std::error::Error for TopicFilterError {}

/// The topic filters of one handler; none at all means every topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicFilters(Vec<String>);

impl TopicFilters {
    /// Checks and keeps `filters`.
    ///
    /// # Errors
    ///
    /// When a filter is empty, longer than 65,535 bytes, has a wildcard that is not a whole level
    /// or a `#` that is not last, or is a `$share/…` filter: shared subscriptions have no meaning
    /// for hooks, because EMQX compares the topic of the message.
    pub fn new<I>(filters: I) -> Result<Self, TopicFilterError>
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let filters: Vec<String> = filters.into_iter().map(Into::into).collect();
        for filter in &filters {
            if let Some(problem) = problem_of(filter) {
                return Err(TopicFilterError {
                    filter: filter.clone(),
                    problem,
                });
            }
        }
        Ok(Self(filters))
    }

    /// Whether a handler with these filters wants `topic`.
    pub fn matches(&self, topic: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|filter| topic_matches(filter, topic))
    }

    /// The filters as they were given.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

fn problem_of(filter: &str) -> Option<&'static str> {
    if filter.is_empty() {
        return Some("is empty; leave the filters out to get every topic");
    }
    if filter.len() > crate::call::MAX_TOPIC_BYTES {
        return Some("is longer than the 65,535 bytes that MQTT allows");
    }
    if filter.contains('\0') {
        return Some("contains a NUL character, which MQTT forbids");
    }
    if filter.starts_with("$share/") || filter.starts_with("$queue/") {
        return Some(
            "is a shared subscription; hooks see the topic itself, so give the part after the group",
        );
    }
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        if level == "#" && levels.peek().is_some() {
            return Some("has '#' before the end; it may only be the last level");
        }
        if level.len() > 1 && level.contains(['+', '#']) {
            return Some(
                "mixes a wildcard with text in one level; '+' and '#' stand alone between slashes",
            );
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn matching_follows_the_rules_of_emqx() {
        for (filter, topic, expected) in [
            ("a/b", "a/b", true),
            ("a/b", "a/b/c", false),
            ("a/+", "a/b", true),
            ("a/+", "a", false),
            ("a/+/c", "a//c", true),
            ("a/#", "a", true),
            ("a/#", "a/b/c", true),
            ("#", "a/b", true),
            ("+", "a", true),
            ("+/b", "/b", true),
            ("/+", "/b", true),
            ("+", "/b", false),
            ("#", "$SYS/brokers", false),
            ("+/brokers", "$SYS/brokers", false),
            ("$SYS/#", "$SYS/brokers", true),
            ("$SYS/+", "$SYS/brokers", true),
            ("a/+", "a/$b", true),
        ] {
            assert_eq!(topic_matches(filter, topic), expected, "{filter} {topic}");
        }
    }

    #[test]
    fn bad_filters_are_refused_with_the_reason() {
        for (filter, word) in [
            ("", "empty"),
            ("a/#/b", "last level"),
            ("a/b#", "wildcard"),
            ("a+/b", "wildcard"),
            ("$share/g/t", "shared subscription"),
            ("a\0", "NUL"),
        ] {
            let error = TopicFilters::new([filter]).expect_err(filter).to_string();
            assert!(error.contains(word), "{error}");
        }
    }

    /// The rules once more, written the slow way: by recursion on lists of levels.
    fn reference_matches(filter: &[&str], topic: &[&str]) -> bool {
        match (filter, topic) {
            (["#"], _) | ([], []) => true,
            (["+", filter @ ..], [_, topic @ ..]) => reference_matches(filter, topic),
            ([wanted, filter @ ..], [level, topic @ ..]) => {
                wanted == level && reference_matches(filter, topic)
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn matching_agrees_with_the_reference(
            filter in prop::collection::vec("[ab+$]?|#", 1..5),
            topic in prop::collection::vec("[ab$]?", 1..5),
        ) {
            let hash = filter.iter().position(|level| level == "#");
            let filter = &filter[..hash.map_or(filter.len(), |position| position + 1)];
            let filter: Vec<&str> = filter.iter().map(String::as_str).collect();
            let topic: Vec<&str> = topic.iter().map(String::as_str).collect();
            let hidden = topic[0].starts_with('$') && ["+", "#"].contains(&filter[0]);
            prop_assert_eq!(
                topic_matches(&filter.join("/"), &topic.join("/")),
                !hidden && reference_matches(&filter, &topic)
            );
        }

        #[test]
        fn a_filter_without_wildcards_matches_itself_only(topic in "[a-c/]{1,8}", other in "[a-c/]{1,8}") {
            prop_assert_eq!(topic_matches(&topic, &other), topic == other);
        }
    }
}
