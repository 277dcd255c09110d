//! What a runner has reported of its handlers.

use crate::Problem;

/// The reports of one kind, `called` or `ended`, that a run of a case has caused, without what
/// tells the run apart.
pub(crate) fn of_run<'lines>(
    lines: &'lines [String],
    kind: &'static str,
    run: &'lines str,
    client: Option<&'lines str>,
) -> impl Iterator<Item = String> + 'lines {
    lines
        .iter()
        .filter_map(move |line| line.strip_prefix(kind)?.strip_prefix(' '))
        .filter(move |report| {
            report
                .split(' ')
                .any(|word| matches!(word.split_once('='), Some(("client" | "node", value)) if value.ends_with(run)))
        })
        .map(move |report| report.replace(run, ""))
        .filter(move |report| {
            client.is_none_or(|client| {
                report.split(' ').any(|word| word == format!("client={client}"))
            })
        })
}

/// Compares reports with what is expected: the hook, and each word of the expectation.
pub(crate) fn check(expected: &[String], reports: &[String]) -> Result<(), Problem> {
    let fits = |expected: &String, report: &String| {
        let mut reported = report.split(' ');
        let mut wanted = expected.split(' ');
        wanted.next() == reported.next()
            && wanted.all(|word| report.split(' ').any(|other| other == word))
    };
    let all = expected.len() == reports.len()
        && expected
            .iter()
            .zip(reports)
            .all(|(one, other)| fits(one, other));
    if all {
        return Ok(());
    }
    Err(format!(
        "handlers were called with\n    {}\nexpected\n    {}",
        reports.join("\n    "),
        expected.join("\n    ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_of_other_runs_do_not_count() {
        let lines = [
            "called client.connect client=a/1",
            "ended client.connect client=a/1",
            "called client.connect client=a/11",
            "called provider.loaded node=n/1",
        ]
        .map(str::to_owned);
        let seen: Vec<_> = of_run(&lines, "called", "/1", None).collect();
        assert_eq!(seen, ["client.connect client=a", "provider.loaded node=n"]);
        let seen: Vec<_> = of_run(&lines, "called", "/1", Some("a")).collect();
        assert_eq!(seen, ["client.connect client=a"]);
    }

    #[test]
    fn reports_may_say_more_than_is_expected() {
        let list = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        let reports = list(&["message.publish client=a topic=t"]);
        assert!(check(&list(&["message.publish topic=t"]), &reports).is_ok());
        assert!(check(&list(&["message.publish topic=x"]), &reports).is_err());
        assert!(check(&list(&["message.acked topic=t"]), &reports).is_err());
        assert!(check(&[], &reports).is_err());
    }
}
