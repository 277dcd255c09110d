//! [`TopicTemplate`]: the topic of each client's calls.

use exhook::did_you_mean;

const PLACES: [&str; 2] = ["clientid", "number"];

/// A topic with places for the client's id and number, such as `sensors/{number}/temperature`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TopicTemplate(String);

/// Reads a template; it must give topics that can be published to.
pub(crate) fn parse_topic(text: &str) -> Result<TopicTemplate, String> {
    if text.is_empty() || text.len() > 1_024 {
        return Err("a topic has 1 to 1024 bytes".to_owned());
    }
    if let Some(letter) = text.chars().find(|letter| "+#\0".contains(*letter)) {
        return Err(format!("{letter:?} cannot stand in the topic of a message"));
    }
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once('{') {
        let Some((place, behind)) = behind.split_once('}') else {
            return Err("a { has no }".to_owned());
        };
        if !PLACES.contains(&place) {
            return Err(format!(
                "{{{place}}} is no part of a client: there are {{clientid}} and {{number}}{}",
                did_you_mean(place, PLACES)
            ));
        }
        rest = behind;
    }
    Ok(TopicTemplate(text.to_owned()))
}

impl TopicTemplate {
    /// The topic of a client.
    pub(super) fn of(&self, clientid: &str, number: u32) -> String {
        self.0
            .replace("{number}", &number.to_string())
            .replace("{clientid}", clientid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_in() {
        let template = parse_topic("a/{number}/{clientid}/{number}").expect("a template");
        assert_eq!(template.of("bench-7", 7), "a/7/bench-7/7");
        assert_eq!(parse_topic("a").expect("a template").of("c", 1), "a");
    }

    #[test]
    fn what_cannot_be_filled_in_or_published_to_is_refused() {
        for (text, problem) in [
            ("", "1 to 1024"),
            ("a/+", "'+'"),
            ("a/{number", "no }"),
            ("a/{clientld}", "did you mean clientid?"),
        ] {
            let error = parse_topic(text).expect_err(text);
            assert!(error.contains(problem), "{error}");
        }
    }
}
