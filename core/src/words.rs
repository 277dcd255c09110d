//! Words in error messages, and names as other languages write them.

/// The end of a message about an unknown name: the known name that is spelled most like it.
pub fn did_you_mean<'name>(name: &str, known: impl IntoIterator<Item = &'name str>) -> String {
    known
        .into_iter()
        .map(|candidate| (edit_distance(name, candidate), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(2))
        .map_or(String::new(), |(_, candidate)| {
            format!("; did you mean {candidate}?")
        })
}

fn edit_distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for column in 0..other.len() {
            let replaced = diagonal + usize::from(other[column] != letter);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

/// `timeout_ms` as `timeoutMs`.
pub fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        camel += letters.as_str();
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_name_that_is_spelled_most_like_the_unknown_one_is_named() {
        let known = ["timeout_ms", "max_inflight"];
        assert_eq!(
            did_you_mean("timeoutms", known),
            "; did you mean timeout_ms?"
        );
        assert_eq!(did_you_mean("color", known), "");
    }

    #[test]
    fn words_are_joined_by_capitals() {
        assert_eq!(camel_case("keepalive_interval_ms"), "keepaliveIntervalMs");
        assert_eq!(camel_case("companion"), "companion");
    }
}
