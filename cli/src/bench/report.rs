//! [`Report`]: what the load came to, for people.

use std::{fmt::Write as _, time::Duration};

use exhook::Package;

use super::{
    measured::{Latencies, Measured},
    plan::{Pace, Plan},
};
use crate::table::{
    Align::{Left, Right},
    table,
};

pub(super) const QUANTILES: [(&str, f64); 4] =
    [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)];
/// How wide the longest bar is.
const BAR: usize = 40;
/// The bounds of the bars are this many nanoseconds, times powers of two.
const FIRST_BOUND: u64 = 1_000;

/// Everything that is told at the end.
pub(super) struct Report<'run> {
    pub(super) plan: &'run Plan,
    pub(super) warm_up: &'run Measured,
    pub(super) measured: &'run Measured,
    pub(super) elapsed: Duration,
    pub(super) interrupted: bool,
}

impl Report<'_> {
    pub(super) fn calls_per_second(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 {
            #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
            let ended = self.measured.ended as f64;
            ended / seconds
        } else {
            0.0
        }
    }

    /// Tables, bars and totals.
    pub(super) fn to_text(&self) -> String {
        let mut text = self.what();
        text.push_str(&self.figures());
        if !self.measured.verdicts.is_empty() {
            let verdicts: Vec<String> = self
                .measured
                .verdicts
                .iter()
                .map(|(name, count)| format!("{name} {count}"))
                .collect();
            let _ = writeln!(text, "verdicts: {}", verdicts.join(" · "));
        }
        if !self.measured.latencies.0.is_empty() {
            text.push('\n');
            text.push_str(&bars(&self.measured.latencies));
        }
        self.push_failures(&mut text);
        self.push_totals(&mut text);
        text
    }

    fn what(&self) -> String {
        let plan = self.plan;
        let pace = match plan.pace {
            Pace::Closed { streams } => format!(" × {streams} streams"),
            Pace::Open { rate, .. } => format!(", {rate} calls/s wanted"),
        };
        format!(
            "{} of package {} to {}: {} connections{pace}, {} clients, requests of {} bytes\n\n",
            plan.shape.hook.name_in(plan.shape.package),
            plan.shape.package,
            plan.to,
            plan.connections.len(),
            plan.clients,
            plan.request_bytes(),
        )
    }

    fn figures(&self) -> String {
        let mut rows = vec![figures_head()];
        rows.push(figures_row("latency", &self.measured.latencies));
        if !self.plan.is_closed() {
            rows.push(figures_row("sent late", &self.measured.lateness));
        }
        let mut text = table([Left, Right, Right, Right, Right, Right, Right], &rows);
        let _ = writeln!(
            text,
            "\n{} calls in {:.2} s: {:.0} calls/s, at most {} under way at once",
            self.measured.ended,
            self.elapsed.as_secs_f64(),
            self.calls_per_second(),
            self.measured.most_in_flight,
        );
        text
    }

    fn push_failures(&self, text: &mut String) {
        for (phase, measured) in [("", self.measured), ("warm-up: ", self.warm_up)] {
            if measured.failed() > 0 {
                text.push('\n');
            }
            for (reason, count) in &measured.failures {
                let _ = writeln!(text, "{phase}{reason} ({count} times)");
            }
        }
    }

    fn push_totals(&self, text: &mut String) {
        text.push('\n');
        let failed = self.measured.failed() + self.warm_up.failed();
        let reconnects = self.measured.reconnects + self.warm_up.reconnects;
        if reconnects > 0 {
            let _ = writeln!(text, "{reconnects} connections were lost and opened anew");
        }
        if let Some(reason) = self.gave_up() {
            let _ = writeln!(text, "ended early: {reason}");
        }
        if self.interrupted {
            let _ = writeln!(
                text,
                "interrupted: {} calls were not answered",
                self.measured.in_flight()
            );
        }
        if self.plan.shape.package == Package::V2
            && self.plan.shape.hook == exhook::Hook::ClientAuthenticate
            && self.measured.verdicts.contains_key("ignore")
        {
            text.push_str(
                "note: EMQX 5.0 to 5.8 refuse a client when client.authenticate is ignored; \
                 answer allow or deny there\n",
            );
        }
        if failed > 0 {
            let _ = writeln!(text, "{failed} calls failed");
        } else if self.gave_up().is_none() {
            text.push_str("all fine\n");
        }
    }

    pub(super) fn gave_up(&self) -> Option<&str> {
        let reason = self.measured.gave_up.as_ref();
        reason.or(self.warm_up.gave_up.as_ref()).map(String::as_str)
    }
}

fn figures_head() -> [String; 7] {
    let [a, b, c, d] = QUANTILES.map(|(name, _)| name.to_owned());
    [String::new(), "mean".into(), a, b, c, d, "max".into()]
}

fn figures_row(name: &str, latencies: &Latencies) -> [String; 7] {
    if latencies.0.is_empty() {
        let none = || "-".to_owned();
        return [
            name.to_owned(),
            none(),
            none(),
            none(),
            none(),
            none(),
            none(),
        ];
    }
    let [a, b, c, d] = QUANTILES.map(|(_, share)| latency(latencies.quantile(share)));
    let (mean, max) = (latency(latencies.mean()), latency(latencies.max()));
    [name.to_owned(), mean, a, b, c, d, max]
}

/// How many calls took how long, in steps of two.
fn bars(latencies: &Latencies) -> String {
    let mut counts: Vec<(u64, u64)> = latencies
        .0
        .iter_log(FIRST_BOUND, 2.0)
        .map(|step| {
            (
                step.value_iterated_to() + 1,
                step.count_since_last_iteration(),
            )
        })
        .skip_while(|(_, count)| *count == 0)
        .collect();
    while counts.last().is_some_and(|(_, count)| *count == 0) {
        counts.pop();
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(1);
    let rows: Vec<[String; 3]> = counts
        .into_iter()
        .map(|(bound, count)| {
            let width = (u128::from(count) * BAR as u128).div_ceil(u128::from(most));
            let bar = "█".repeat(usize::try_from(width).unwrap_or(BAR));
            let bound = latency(Duration::from_nanos(bound));
            [format!("below {bound}"), count.to_string(), bar]
        })
        .collect();
    table([Right, Right, Left], &rows)
}

/// A duration with the unit that suits it.
pub(crate) fn latency(duration: Duration) -> String {
    let microseconds = duration.as_secs_f64() * 1e6;
    if microseconds < 999.5 {
        let digits = usize::from(microseconds < 10.0);
        format!("{microseconds:.digits$} µs")
    } else if microseconds < 999_500.0 {
        format!("{:.2} ms", microseconds / 1e3)
    } else {
        format!("{:.2} s", microseconds / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_counts() {
        let mut latencies = Latencies::new();
        for (microseconds, count) in [(90, 20), (100, 20), (500, 1)] {
            for _ in 0..count {
                latencies.record(Duration::from_micros(microseconds));
            }
        }
        let text = bars(&latencies);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[0].starts_with("below 128 µs  40  ████"), "{text}");
        assert_eq!(lines[0].matches('█').count(), BAR);
        assert_eq!(lines[1].trim(), "below 256 µs   0");
        assert!(lines[2].ends_with(" 1  █"), "{text}");
    }

    #[test]
    fn latencies_have_the_unit_that_suits_them() {
        for (nanoseconds, text) in [
            (900, "0.9 µs"),
            (250_000, "250 µs"),
            (999_600, "1.00 ms"),
            (5_000_000_000, "5.00 s"),
        ] {
            assert_eq!(latency(Duration::from_nanos(nanoseconds)), text);
        }
    }
}
