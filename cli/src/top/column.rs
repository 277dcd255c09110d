//! The columns of the table: what they are called, what is in them, and how they are sorted.

use std::{cmp::Ordering, collections::BTreeMap, time::Duration};

use clap::ValueEnum;

use super::frame::Row;
use crate::{bench::latency, table::Align};

/// What rows are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortColumn {
    /// The name of the hook, and its package
    Hook,
    /// Calls a second
    Calls,
    /// The median of the latency
    P50,
    /// The 99th percentile of the latency
    P99,
    /// Fallbacks and errors a second
    Failed,
    /// Calls since the program was started
    Total,
}

impl SortColumn {
    /// The column that is `steps` to the right; after the last comes the first.
    pub(super) fn moved(self, steps: usize) -> Self {
        let all = Self::value_variants();
        let here = all.iter().position(|column| *column == self).unwrap_or(0);
        all[(here + steps) % all.len()]
    }

    /// How many columns there are.
    pub(super) fn count() -> usize {
        Self::value_variants().len()
    }

    /// Sorts rows: names from A, figures from the largest, or the other way `round`.
    pub(super) fn sort(self, rows: &mut [Row], round: bool) {
        rows.sort_by(|one, other| {
            let order = self.compare(one, other);
            let order = if round { order.reverse() } else { order };
            // Equal rows keep their places from one interval to the next.
            order.then_with(|| Self::Hook.compare(one, other))
        });
    }

    fn compare(self, one: &Row, other: &Row) -> Ordering {
        let figure = |row: &Row| match self {
            Self::Hook => 0.0,
            Self::Calls => row.calls,
            Self::P50 => row.p50.unwrap_or(-1.0),
            Self::P99 => row.p99.unwrap_or(-1.0),
            Self::Failed => row.failed(),
            #[expect(clippy::cast_precision_loss, reason = "a figure to sort by")]
            Self::Total => row.total as f64,
        };
        match self {
            Self::Hook => (&one.hook, &one.package).cmp(&(&other.hook, &other.package)),
            _ => figure(other).total_cmp(&figure(one)),
        }
    }
}

/// A column of the table.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) title: &'static str,
    pub(super) align: Align,
    /// How wide it is at least.
    pub(super) width: u16,
    /// Whether it takes the width that is left.
    pub(super) grows: bool,
    pub(super) sort: Option<SortColumn>,
    pub(super) cell: fn(&Row) -> String,
    /// The larger, the sooner it is left out where there is no room.
    importance: u8,
}

const fn figure(
    title: &'static str,
    width: u16,
    importance: u8,
    sort: Option<SortColumn>,
    cell: fn(&Row) -> String,
) -> Column {
    Column {
        title,
        align: Align::Right,
        width,
        grows: false,
        sort,
        cell,
        importance,
    }
}

const fn words(
    title: &'static str,
    width: u16,
    importance: u8,
    grows: bool,
    sort: Option<SortColumn>,
    cell: fn(&Row) -> String,
) -> Column {
    Column {
        title,
        align: Align::Left,
        width,
        grows,
        sort,
        cell,
        importance,
    }
}

/// All columns, from left to right.
pub(super) const COLUMNS: [Column; 10] = [
    words("HOOK", 22, 0, false, Some(SortColumn::Hook), |row| {
        row.hook.clone()
    }),
    words("PKG", 3, 6, false, None, |row| row.package.clone()),
    figure("CALLS/S", 8, 1, Some(SortColumn::Calls), |row| {
        rate(row.calls)
    }),
    figure("P50", 9, 3, Some(SortColumn::P50), |row| seconds(row.p50)),
    figure("P99", 9, 2, Some(SortColumn::P99), |row| seconds(row.p99)),
    figure("WAIT99", 9, 9, None, |row| seconds(row.waited)),
    figure("FAILED/S", 9, 4, Some(SortColumn::Failed), |row| {
        rate(row.failed())
    }),
    figure("TOTAL", 11, 8, Some(SortColumn::Total), |row| {
        row.total.to_string()
    }),
    words("VERDICTS", 13, 5, true, None, shares),
    words("FAILURES/S", 13, 7, true, None, |row| causes(&row.failures)),
];

/// The space between two columns.
pub(super) const SPACING: u16 = 2;

/// The most important columns that have room in `width`, from left to right.
pub(super) fn fitting(width: u16) -> Vec<&'static Column> {
    let mut by_importance: Vec<_> = COLUMNS.iter().collect();
    by_importance.sort_by_key(|column| column.importance);
    let mut room = i32::from(width) + i32::from(SPACING);
    let chosen: Vec<_> = by_importance
        .into_iter()
        .take_while(|column| {
            room -= i32::from(column.width + SPACING);
            // However narrow it is, something is to be seen.
            room >= 0 || column.importance == 0
        })
        .map(|column| column.title)
        .collect();
    let shown = COLUMNS.iter();
    shown
        .filter(|column| chosen.contains(&column.title))
        .collect()
}

/// A rate as it is read best: small ones with a digit behind the point.
pub(super) fn rate(rate: f64) -> String {
    if rate == 0.0 {
        "0".to_owned()
    } else if rate < 99.95 {
        format!("{rate:.1}")
    } else {
        format!("{rate:.0}")
    }
}

fn seconds(seconds: Option<f64>) -> String {
    match seconds.map(Duration::try_from_secs_f64) {
        Some(Ok(duration)) => latency(duration),
        // Longer than the histogram reaches.
        Some(Err(_)) => "> 30 s".to_owned(),
        None => "-".to_owned(),
    }
}

/// What share of the answers each verdict has, the largest first.
fn shares(row: &Row) -> String {
    let all: f64 = row.verdicts.values().sum();
    let mut verdicts: Vec<_> = row.verdicts.iter().collect();
    verdicts.sort_by(|one, other| other.1.total_cmp(one.1));
    let shares = verdicts.into_iter().map(|(verdict, rate)| {
        let share = 100.0 * rate / all;
        let digits = usize::from(share < 9.95);
        format!("{verdict} {share:.digits$}%")
    });
    shares.collect::<Vec<_>>().join(" ")
}

fn causes(failures: &BTreeMap<String, f64>) -> String {
    let mut failures: Vec<_> = failures.iter().collect();
    failures.sort_by(|one, other| other.1.total_cmp(one.1));
    let causes = failures
        .into_iter()
        .map(|(cause, each)| format!("{cause} {}", rate(*each)));
    causes.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(hook: &str, calls: f64, p99: Option<f64>) -> Row {
        Row {
            hook: hook.to_owned(),
            calls,
            p99,
            ..Row::default()
        }
    }

    fn sorted(column: SortColumn, round: bool) -> String {
        let mut rows = [
            row("b", 1.0, None),
            row("c", 3.0, Some(0.1)),
            row("a", 1.0, Some(f64::INFINITY)),
        ];
        column.sort(&mut rows, round);
        rows.map(|row| row.hook).concat()
    }

    #[test]
    fn rows_are_sorted_by_figures_from_the_largest_and_equal_ones_by_name() {
        assert_eq!(sorted(SortColumn::Calls, false), "cab");
        assert_eq!(sorted(SortColumn::Calls, true), "abc");
        assert_eq!(sorted(SortColumn::P99, false), "acb");
        assert_eq!(sorted(SortColumn::Hook, false), "abc");
        assert_eq!(sorted(SortColumn::Hook, true), "cba");
    }

    #[test]
    fn narrow_tables_keep_the_most_important_columns() {
        let titles = |width| {
            let columns = fitting(width).into_iter().map(|column| column.title);
            columns.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(titles(5), "HOOK");
        assert_eq!(titles(40), "HOOK CALLS/S");
        assert_eq!(titles(65), "HOOK CALLS/S P50 P99 FAILED/S");
        assert_eq!(titles(80), "HOOK CALLS/S P50 P99 FAILED/S VERDICTS");
        assert_eq!(titles(200).split(' ').count(), COLUMNS.len());
    }

    #[test]
    fn figures_are_as_long_as_they_have_to_be() {
        assert_eq!(
            [0.0, 0.25, 99.94, 99.95, 12_345.6].map(rate).join(" "),
            "0 0.2 99.9 100 12346"
        );
        let times = [None, Some(0.000_25), Some(0.012), Some(f64::INFINITY)];
        assert_eq!(times.map(seconds).join(" "), "- 250 µs 12.00 ms > 30 s");
        let verdicts = [("deny", 1.0), ("allow", 99.0)].map(|(name, rate)| (name.to_owned(), rate));
        let row = Row {
            verdicts: verdicts.into(),
            ..Row::default()
        };
        assert_eq!(shares(&row), "allow 99% deny 1.0%");
    }
}
