//! [`Sample`]: what a program had counted when it was asked.

use std::collections::BTreeMap;

use super::{
    exposition::{Line, parse},
    histogram::Histogram,
};

/// A hook's name and the package in which it was called.
pub(super) type HookKey = (String, String);

/// What a program had counted when it was asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sample {
    pub(super) version: String,
    /// Seconds since 1970.
    pub(super) started: f64,
    pub(super) inflight: u64,
    pub(super) inbox_depth: u64,
    pub(super) connections: u64,
    pub(super) connections_accepted: u64,
    pub(super) unknown_methods: u64,
    pub(super) bad_requests: u64,
    pub(super) hooks: BTreeMap<HookKey, HookSample>,
}

/// The counters of one hook in one package.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct HookSample {
    pub(super) calls: u64,
    pub(super) verdicts: BTreeMap<String, u64>,
    pub(super) failures: BTreeMap<String, u64>,
    pub(super) late: u64,
    pub(super) dropped: u64,
    pub(super) latency: Histogram,
    pub(super) waited: Histogram,
}

impl Sample {
    /// Reads what a program answers to `GET /metrics`; the error says why it is not exhook's. What
    /// newer versions may add is passed over.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut sample = Self::default();
        for line in parse(text)? {
            if line.name.starts_with("exhook_") {
                sample.read(&line)?;
            }
        }
        if sample.version.is_empty() {
            return Err("there is no exhook_build_info in it".to_owned());
        }
        Ok(sample)
    }

    fn read(&mut self, line: &Line) -> Result<(), String> {
        let place = match &*line.name {
            "exhook_build_info" => {
                self.version = label(line, "version")?;
                return Ok(());
            }
            "exhook_start_time_seconds" => {
                self.started = number(line)?;
                return Ok(());
            }
            "exhook_inflight" => &mut self.inflight,
            "exhook_inbox_depth" => &mut self.inbox_depth,
            "exhook_connections" => &mut self.connections,
            "exhook_connections_accepted_total" => &mut self.connections_accepted,
            "exhook_unknown_methods_total" => &mut self.unknown_methods,
            "exhook_bad_requests_total" => &mut self.bad_requests,
            _ if line.labels.contains_key("hook") => {
                let key = (label(line, "hook")?, label(line, "package")?);
                return self.hooks.entry(key).or_default().read(line);
            }
            _ => return Ok(()),
        };
        *place = count(line)?;
        Ok(())
    }
}

impl HookSample {
    fn read(&mut self, line: &Line) -> Result<(), String> {
        let place = match &*line.name {
            "exhook_calls_total" => &mut self.calls,
            "exhook_answers_total" => self.verdicts.entry(label(line, "verdict")?).or_default(),
            "exhook_failures_total" => self.failures.entry(label(line, "cause")?).or_default(),
            "exhook_late_replies_total" => &mut self.late,
            "exhook_dropped_notifications_total" => &mut self.dropped,
            "exhook_latency_seconds_bucket" => {
                self.latency.add(bound(line)?, count(line)?);
                return Ok(());
            }
            "exhook_waited_seconds_bucket" => {
                self.waited.add(bound(line)?, count(line)?);
                return Ok(());
            }
            _ => return Ok(()),
        };
        *place = count(line)?;
        Ok(())
    }
}

fn label(line: &Line, name: &str) -> Result<String, String> {
    let value = line.labels.get(name);
    value
        .cloned()
        .ok_or_else(|| format!("{} has no label {name}", line.name))
}

fn bound(line: &Line) -> Result<f64, String> {
    let le = label(line, "le")?;
    le.parse()
        .map_err(|_| format!("{}: le is {le:?}, which is no number", line.name))
}

fn number(line: &Line) -> Result<f64, String> {
    let value = line.value.parse();
    value.map_err(|_| format!("{} is {}, which is no number", line.name, line.value))
}

fn count(line: &Line) -> Result<u64, String> {
    let value = line.value.parse();
    value.map_err(|_| format!("{} is {}, which is no whole number", line.name, line.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_exhooks_is_refused_with_the_reason() {
        for (text, problem) in [
            ("", "exhook_build_info"),
            ("process_cpu_seconds_total 1\n", "exhook_build_info"),
            ("<html>", "line 1"),
            ("exhook_inflight 1.5", "whole number"),
            ("exhook_calls_total{hook=\"a\"} 1", "label package"),
            (
                "exhook_latency_seconds_bucket{hook=\"a\",package=\"v1\",le=\"x\"} 1",
                "le is",
            ),
        ] {
            let refused = Sample::parse(text).expect_err(text);
            assert!(refused.contains(problem), "{refused}");
        }
    }

    #[test]
    fn what_newer_versions_add_is_passed_over() {
        let text = "go_threads 1\nexhook_build_info{version=\"9.0.0\",more=\"x\"} 1\n\
                    exhook_new 0.5\nexhook_new_total{hook=\"a\",package=\"v1\"} 1\n\
                    exhook_inflight 2\n";
        let sample = Sample::parse(text).expect("exhook's");
        assert_eq!((&*sample.version, sample.inflight), ("9.0.0", 2));
    }
}
