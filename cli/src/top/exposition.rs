//! Lines of Prometheus' text format.

use std::collections::BTreeMap;

/// One value: `name{label="value"} 5`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) labels: BTreeMap<String, String>,
    /// As it is written there.
    pub(super) value: String,
}

/// Reads all values of a text; the error names the line.
pub(super) fn parse(text: &str) -> Result<Vec<Line>, String> {
    let lines = text.lines().enumerate();
    lines
        .map(|(index, line)| (index, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(index, line)| {
            parse_line(line).ok_or_else(|| format!("line {} is no metric: {line:?}", index + 1))
        })
        .collect()
}

fn parse_line(line: &str) -> Option<Line> {
    let end = line.find(|letter: char| letter == '{' || letter.is_whitespace())?;
    let (name, rest) = line.split_at(end);
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => parse_labels(rest)?,
        None => (BTreeMap::new(), rest),
    };
    // A time may follow.
    let value = rest.split_whitespace().next()?;
    value.parse::<f64>().ok()?;
    Some(Line {
        name: (!name.is_empty()).then(|| name.to_owned())?,
        labels,
        value: value.to_owned(),
    })
}

/// The labels up to the closing brace, and what follows it.
fn parse_labels(mut rest: &str) -> Option<(BTreeMap<String, String>, &str)> {
    let mut labels = BTreeMap::new();
    loop {
        rest = rest.trim_start_matches([',', ' ']);
        if let Some(rest) = rest.strip_prefix('}') {
            return Some((labels, rest));
        }
        let (name, quoted) = rest.split_once('=')?;
        let (value, after) = parse_text(quoted.trim_start().strip_prefix('"')?)?;
        labels.insert(name.trim().to_owned(), value);
        rest = after;
    }
}

/// The text up to the closing quote, and what follows it.
fn parse_text(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut letters = quoted.char_indices();
    while let Some((index, letter)) = letters.next() {
        match letter {
            '"' => return Some((text, &quoted[index + 1..])),
            '\\' => text.push(match letters.next()?.1 {
                'n' => '\n',
                other => other,
            }),
            _ => text.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_labels_and_values_are_read() {
        let text = "# HELP a_total Something.\n# TYPE a_total counter\n\n\
                    a_total{hook=\"message.publish\",odd=\"a\\\"b\\\\c,}\\n\"} 12 1700000000000\n\
                    b 1.5\nc{} +Inf\n";
        let lines = parse(text).expect("valid");
        let labels = |line: &Line| line.labels.clone().into_iter().collect::<Vec<_>>();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0].name, "a_total");
        assert_eq!(lines[0].value, "12");
        let expected = [("hook", "message.publish"), ("odd", "a\"b\\c,}\n")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(labels(&lines[0]), expected);
        assert_eq!((&*lines[1].name, &*lines[1].value), ("b", "1.5"));
        assert_eq!((&*lines[2].name, &*lines[2].value), ("c", "+Inf"));
    }

    #[test]
    fn what_is_no_metric_is_named_with_its_line() {
        for text in [
            "a 1\nb",
            "a 1\nb{c=\"d\" 5",
            "a 1\nb{c=d} 5",
            "a 1\nb five",
            "\n<html> <a>",
        ] {
            let problem = parse(text).expect_err(text);
            assert!(problem.starts_with("line 2 "), "{problem}");
        }
    }
}
