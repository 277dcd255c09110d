//! Reading a scenario from a file, and saying where it is wrong.

use std::{fs, path::Path};

use exhook::did_you_mean;

use super::Scenario;

/// Reads a scenario in the format that the file's extension names. The error says file, line, what
/// is wrong there, and what may have been meant.
pub(crate) fn read(file: &Path) -> Result<Scenario, String> {
    let name = file.display();
    let text = fs::read_to_string(file).map_err(|error| {
        format!("cannot read the scenario {name}: {error}; give a .toml, .yaml or .json file")
    })?;
    let extension = file.extension().and_then(|extension| extension.to_str());
    let parsed = match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("toml") => from_toml(&text),
        Some("yaml" | "yml") => from_yaml(&text),
        Some("json") => from_json(&text),
        _ => {
            return Err(format!(
                "{name} has to end with .toml, .yaml, .yml or .json, which says how it is written"
            ));
        }
    };
    parsed.map_err(|problem| problem.told(&name.to_string()))
}

/// What is wrong, and where.
struct Problem {
    /// Line and column, from 1.
    place: Option<(usize, usize)>,
    message: String,
}

impl Problem {
    fn told(&self, file: &str) -> String {
        let message = plain(&self.message);
        match self.place {
            Some((line, column)) => format!("{file}:{line}:{column}: {message}"),
            None => format!("{file}: {message}"),
        }
    }
}

fn from_toml(text: &str) -> Result<Scenario, Problem> {
    toml::from_str(text).map_err(|error| Problem {
        place: error.span().map(|span| place_of(text, span.start)),
        message: error.message().to_owned(),
    })
}

fn from_yaml(text: &str) -> Result<Scenario, Problem> {
    serde_norway::from_str(text).map_err(|error| Problem {
        place: error.location().map(|place| (place.line(), place.column())),
        message: error.to_string(),
    })
}

fn from_json(text: &str) -> Result<Scenario, Problem> {
    serde_json::from_str(text).map_err(|error| Problem {
        place: Some((error.line(), error.column())),
        message: error.to_string(),
    })
}

/// Line and column of a byte.
fn place_of(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line, column)
}

/// The message of a parser in the words of scenarios, with the nearest right word.
fn plain(message: &str) -> String {
    let message = message
        .rsplit_once(" at line ")
        .map_or(message, |(message, _)| message);
    for (sign, what) in [
        ("unknown field `", "unknown key"),
        ("unknown variant `", "unknown word"),
    ] {
        let Some((path, rest)) = message.split_once(sign) else {
            continue;
        };
        let mut words = rest.split('`');
        let Some(unknown) = words.next() else {
            continue;
        };
        let known: Vec<&str> = words.skip(1).step_by(2).collect();
        let near = did_you_mean(unknown, known.iter().copied());
        let known = match known.as_slice() {
            [] => String::new(),
            known => format!(" (there are {})", known.join(", ")),
        };
        return format!("{path}{what} `{unknown}`{near}{known}");
    }
    if let Some((path, rest)) = message.split_once("missing field `")
        && let Some((key, _)) = rest.split_once('`')
    {
        return format!("{path}the key `{key}` is missing");
    }
    message.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(parsed: Result<Scenario, Problem>) -> String {
        parsed.expect_err("something is wrong").told("f")
    }

    #[test]
    fn an_unknown_key_is_told_with_its_place_and_the_nearest_right_word() {
        let toml = "seed = 1\n\n[[clients]]\nclientid = \"a\"\nsubscrib = []\n";
        let told = problem(from_toml(toml));
        assert!(
            told.starts_with("f:5:1: unknown key `subscrib`; did you mean subscribe?"),
            "{told}"
        );
        let yaml = "clients:\n  - clientid: a\n    publish:\n      - topc: x\n";
        let told = problem(from_yaml(yaml));
        assert!(
            told.contains("unknown key `topc`; did you mean topic?"),
            "{told}"
        );
        assert!(told.starts_with("f:4:9: clients[0].publish[0]"), "{told}");
        let json = "{\n\"steps\": [{\"at\": \"1s\", \"do\": \"ct\"}]}";
        let told = problem(from_json(json));
        assert!(
            told.contains("unknown word `ct`; did you mean cut?"),
            "{told}"
        );
        assert!(told.starts_with("f:2:"), "{told}");
    }

    #[test]
    fn values_of_the_wrong_kind_are_told_with_what_they_should_be() {
        for (toml, place, problem_part) in [
            ("duration = 5\n", "f:1:12", "\"500ms\""),
            ("[broker]\nversion = 5.8\n", "f:2:11", "\"5.8\""),
            ("[broker]\nversion = \"4.2\"\n", "f:2:11", "4.3 or newer"),
            (
                "[[clients]]\nclientid = \"{m}\"\n",
                "f:2:12",
                "did you mean n?",
            ),
            (
                "[[clients]]\npublish = [{}]\n",
                "f:2:12",
                "`topic` is missing",
            ),
            ("[expect]\naccepted = \"many\"\n", "f:2:12", ">= 3"),
        ] {
            let told = problem(from_toml(toml));
            assert!(told.starts_with(place), "{told}");
            assert!(told.contains(problem_part), "{told}");
        }
    }

    #[test]
    fn yaml_needs_no_quotes_around_versions() {
        let scenario = from_yaml("broker: {version: 5.10}\n").map_err(|problem| problem.told("f"));
        let version = scenario
            .expect("a scenario")
            .broker
            .version
            .expect("a version");
        assert_eq!(version.to_string(), "5.10.0");
    }
}
