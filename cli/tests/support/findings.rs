//! What `exhook check` finds.

use serde_json::Value;

use super::support::{Finished, exhook};

pub(crate) fn check(url: &str, more: &[&str]) -> (Finished, Value) {
    let mut arguments = vec!["check", url, "--json"];
    arguments.extend(more);
    let finished = exhook(arguments);
    let report = serde_json::from_str(&finished.stdout).unwrap_or_default();
    (finished, report)
}

/// `level rule subject` of each finding.
pub(crate) fn findings(report: &Value) -> Vec<String> {
    let all = report["findings"].as_array().expect("findings");
    all.iter()
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().expect("a text");
            format!("{} {} {}", text("level"), text("rule"), text("subject"))
        })
        .collect()
}

pub(crate) fn assert_found(report: &Value, expected: &str) {
    let found = findings(report);
    assert!(
        found.iter().any(|finding| finding == expected),
        "{expected} is not among {found:#?}"
    );
}
