//! Words about a frame: one table for a reader without a terminal, and what the screen says too.

use std::time::Duration;

use super::{
    column::{COLUMNS, SortColumn, rate},
    frame::Frame,
};
use crate::table::table;

/// How the program stands: what it does each second, what it holds, and what is wrong.
pub(super) fn standing(frame: &Frame) -> Vec<String> {
    let calls = frame.rows.iter().map(|row| row.calls).sum();
    let failed = frame.rows.iter().map(super::frame::Row::failed).sum();
    let mut words = vec![
        format!("{} calls/s", rate(calls)),
        format!("{} failed/s", rate(failed)),
        format!("{} in flight", frame.inflight),
        format!("{} in the inbox", frame.inbox_depth),
        format!("{} connections", frame.connections),
    ];
    for (count, what) in [
        (frame.unknown_methods, "unknown methods"),
        (frame.bad_requests, "bad requests"),
    ] {
        if count > 0 {
            words.push(format!("{count} {what}"));
        }
    }
    words
}

/// For how long a program has been up, in its two largest units.
pub(super) fn up(up: Duration) -> String {
    let seconds = up.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    if days > 0 {
        format!("{days} d {} h", hours % 24)
    } else if hours > 0 {
        format!("{hours} h {} min", minutes % 60)
    } else if minutes > 0 {
        format!("{minutes} min {} s", seconds % 60)
    } else {
        format!("{seconds} s")
    }
}

/// The whole of a frame.
pub(super) fn report(url: &str, frame: &Frame, sort: SortColumn) -> String {
    let mut rows = frame.rows.clone();
    sort.sort(&mut rows, false);
    let mut lines = vec![COLUMNS.map(|column| column.title.to_owned())];
    lines.extend(
        rows.iter()
            .map(|row| COLUMNS.map(|column| (column.cell)(row))),
    );
    let restarted = if frame.restarted { ", restarted" } else { "" };
    format!(
        "exhook {} at {url}, up {}{restarted}\n{}\n\n{}",
        frame.version,
        up(frame.up),
        standing(frame).join(", "),
        table(COLUMNS.map(|column| column.align), &lines)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_their_two_largest_units() {
        let texts = [5, 65, 3_725, 90_000].map(|seconds| up(Duration::from_secs(seconds)));
        assert_eq!(
            texts,
            ["5 s", "1 min 5 s", "1 h 2 min", "1 d 1 h"].map(str::to_owned)
        );
    }
}
