//! The screen, drawn.

use ratatui::{
    Frame as Canvas,
    layout::{Constraint, Layout, Rect},
    style::{Color, Style, Stylize as _},
    text::{Line, Span},
    widgets::{Cell, Row as TableRow, Table},
};

use super::{
    column::{Column, SPACING, SortColumn, fitting},
    frame::Row,
    screen::Screen,
    text::{standing, up},
};
use crate::table::Align;

const KEYS: &str = "q quit  ←→ sort  r reverse  ↑↓ scroll  space pause";
/// Below this height the keys are left out.
const HEIGHT_WITH_KEYS: u16 = 6;

/// Draws the screen.
pub(super) fn draw(screen: &Screen, canvas: &mut Canvas<'_>) {
    let keys = u16::from(canvas.area().height >= HEIGHT_WITH_KEYS);
    let layout = Layout::vertical([
        Constraint::Length(2),
        Constraint::Fill(1),
        Constraint::Length(keys),
    ]);
    let [head, body, foot] = layout.areas(canvas.area());
    canvas.render_widget(ratatui::text::Text::from(head_lines(screen)), head);
    draw_table(screen, canvas, body);
    canvas.render_widget(Line::from(KEYS).dim(), foot);
}

fn head_lines(screen: &Screen) -> Vec<Line<'_>> {
    let mut first = Vec::new();
    if screen.paused {
        first.push(Span::from("paused").black().on_yellow());
        first.push(Span::from("  "));
    }
    let frame = screen.frame();
    if let Some(problem) = &screen.lost {
        first.push(
            Span::from(format!("lost: {problem}; trying again"))
                .red()
                .bold(),
        );
    } else if let Some(frame) = frame {
        first.push(Span::from(format!("exhook {}", frame.version)).bold());
        first.push(Span::from(format!("  {}  up {}", screen.url, up(frame.up))));
        if frame.restarted {
            first.push(Span::from("  restarted").yellow());
        }
    } else {
        first.push(Span::from(screen.url.clone()));
    }
    let second = frame.map_or("the first interval is not over".to_owned(), |frame| {
        standing(frame).join("  ")
    });
    let second = Line::from(second);
    let stale = screen.lost.is_some();
    vec![Line::from(first), if stale { second.dim() } else { second }]
}

fn draw_table(screen: &Screen, canvas: &mut Canvas<'_>, area: Rect) {
    let columns = fitting(area.width);
    let titles = columns.iter().map(|column| {
        let title = match column.sort {
            Some(sort) if sort == screen.sort => {
                let grows = (sort == SortColumn::Hook) != screen.round;
                format!("{}{}", column.title, if grows { '↑' } else { '↓' })
            }
            _ => column.title.to_owned(),
        };
        cell(column, title)
    });
    let head = TableRow::new(titles).bold().fg(Color::Cyan);
    let rows = screen.rows();
    let visible = usize::from(area.height.saturating_sub(1));
    let scrolled = screen.scrolled.min(rows.len().saturating_sub(visible));
    let rows = rows.iter().skip(scrolled).take(visible).map(|row| {
        let cells = columns.iter().map(|column| {
            let style = style(column, row);
            cell(column, (column.cell)(row)).style(style)
        });
        let line = TableRow::new(cells);
        if row.calls == 0.0 || screen.lost.is_some() {
            line.dim()
        } else {
            line
        }
    });
    let widths = columns.iter().map(|column| {
        if column.grows {
            Constraint::Min(column.width)
        } else {
            Constraint::Length(column.width)
        }
    });
    let table = Table::new(rows, widths)
        .header(head)
        .column_spacing(SPACING);
    canvas.render_widget(table, area);
}

fn cell(column: &Column, text: String) -> Cell<'static> {
    let line = Line::from(text);
    Cell::from(match column.align {
        Align::Left => line,
        Align::Right => line.right_aligned(),
    })
}

fn style(column: &Column, row: &Row) -> Style {
    let tells_failures = matches!(column.title, "FAILED/S" | "FAILURES/S");
    if tells_failures && !row.failures.is_empty() {
        Style::new().red()
    } else {
        Style::new()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ratatui::{Terminal, backend::TestBackend, crossterm::event::KeyCode};

    use super::*;
    use crate::top::frame::Frame;

    const WIDE: &str = "\
exhook 1.2.3  http://127.0.0.1:9090/metrics  up 1 h 2 min
12596 calls/s  3.0 failed/s  17 in flight  4 in the inbox  8 connections  2 unknown methods
HOOK                    PKG  CALLS/S↓        P50        P99     WAIT99   FAILED/S        TOTAL  VERDICTS                    FAILURES/S
message.publish         v3      12345     9.0 µs    1.28 ms     9.0 µs          0      1234567  replace 100%
client.authenticate     v3        250     224 µs  448.00 ms     224 µs        3.0      1234567  allow 80% deny 20%          deadline 3.0 late 1.5
session.unsubscribed    v3          0          -          -          -          0      1234567
q quit  ←→ sort  r reverse  ↑↓ scroll  space pause";
    const NARROW: &str = "\
exhook 1.2.3  http://127.0.0.1:9090/metrics
12596 calls/s  3.0 failed/s  17 in flight  4
HOOK                    CALLS/S↓        P99
message.publish            12345    1.28 ms";

    fn rates(rates: &[(&str, f64)]) -> std::collections::BTreeMap<String, f64> {
        let rates = rates.iter();
        rates
            .map(|(name, rate)| ((*name).to_owned(), *rate))
            .collect()
    }

    fn frame() -> Frame {
        let row = |hook: &str, calls, p50, p99, verdicts, failures| Row {
            hook: hook.to_owned(),
            package: "v3".to_owned(),
            total: 1_234_567,
            calls,
            p50,
            p99,
            waited: p50,
            verdicts,
            failures,
        };
        Frame {
            version: "1.2.3".to_owned(),
            up: Duration::from_secs(3_725),
            elapsed: Duration::from_secs(1),
            inflight: 17,
            inbox_depth: 4,
            connections: 8,
            unknown_methods: 2,
            rows: vec![
                row(
                    "client.authenticate",
                    250.5,
                    Some(0.000_224),
                    Some(0.448),
                    rates(&[("allow", 200.0), ("deny", 50.5)]),
                    rates(&[("deadline", 3.0), ("late", 1.5)]),
                ),
                row(
                    "session.unsubscribed",
                    0.0,
                    None,
                    None,
                    rates(&[]),
                    rates(&[]),
                ),
                row(
                    "message.publish",
                    12_345.0,
                    Some(0.000_009),
                    Some(0.001_28),
                    rates(&[("replace", 12_345.0)]),
                    rates(&[]),
                ),
            ],
            ..Frame::default()
        }
    }

    fn screen() -> Screen {
        let mut screen = Screen::new("http://127.0.0.1:9090/metrics", SortColumn::Calls);
        screen.found(Some(frame()));
        screen
    }

    fn drawn(screen: &Screen, width: u16, height: u16) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
        terminal
            .draw(|canvas| draw(screen, canvas))
            .expect("no real terminal");
        let buffer = terminal.backend().buffer();
        let lines = buffer.content().chunks(usize::from(width));
        lines
            .map(|line| {
                let line: String = line.iter().map(ratatui::buffer::Cell::symbol).collect();
                line.trim_end().to_owned()
            })
            .collect()
    }

    #[test]
    fn a_wide_terminal_shows_everything() {
        let shown = drawn(&screen(), 150, 7).join("\n");
        assert_eq!(shown, WIDE);
    }

    #[test]
    fn a_narrow_and_low_terminal_shows_what_matters_most() {
        let shown = drawn(&screen(), 45, 4).join("\n");
        assert_eq!(shown, NARROW);
    }

    #[test]
    fn the_order_is_marked_and_rows_scroll() {
        let mut screen = screen();
        screen.press(KeyCode::Left.into());
        screen.press(KeyCode::Down.into());
        let lines = drawn(&screen, 60, 5);
        assert_eq!(lines[2].split_whitespace().next(), Some("HOOK↑"));
        assert!(lines[3].starts_with("message.publish"), "{lines:?}");
        assert!(lines[4].starts_with("session.unsubscribed"), "{lines:?}");
        screen.press(KeyCode::Char('r').into());
        assert!(drawn(&screen, 60, 5)[2].starts_with("HOOK↓"));
    }

    #[test]
    fn loss_pause_and_restart_are_told() {
        let mut screen = screen();
        screen.lose("Connection refused".to_owned());
        assert_eq!(
            drawn(&screen, 80, 8)[0],
            "lost: Connection refused; trying again"
        );
        let restarted = Frame {
            restarted: true,
            ..frame()
        };
        screen.found(Some(restarted));
        screen.press(KeyCode::Char(' ').into());
        let line = &drawn(&screen, 80, 8)[0];
        assert!(line.starts_with("paused  exhook 1.2.3 "), "{line}");
        assert!(line.ends_with("  restarted"), "{line}");
    }

    #[test]
    fn before_the_first_interval_is_over_there_is_a_word_about_it() {
        let screen = Screen::new("http://127.0.0.1:9090/metrics", SortColumn::Calls);
        let lines = drawn(&screen, 80, 8);
        assert_eq!(lines[0], "http://127.0.0.1:9090/metrics");
        assert_eq!(lines[1], "the first interval is not over");
        // However small a window is, drawing it is no error.
        for (width, height) in [(1, 1), (10, 2), (3, 30)] {
            drawn(&screen, width, height);
        }
    }
}
