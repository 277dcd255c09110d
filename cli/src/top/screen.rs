//! [`Screen`]: what is shown, and what keys make of it.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{
    column::SortColumn,
    frame::{Frame, Row},
};
use crate::{INTERRUPTED, SUCCESS};

/// What is shown.
#[derive(Debug)]
pub(super) struct Screen {
    pub(super) url: String,
    pub(super) sort: SortColumn,
    /// Whether the rows are sorted the other way round.
    pub(super) round: bool,
    pub(super) paused: bool,
    /// Why the program does not answer, where it does not.
    pub(super) lost: Option<String>,
    /// How many rows are above those that are seen.
    pub(super) scrolled: usize,
    shown: Option<Frame>,
    newest: Option<Frame>,
}

impl Screen {
    pub(super) fn new(url: &str, sort: SortColumn) -> Self {
        Self {
            url: url.to_owned(),
            sort,
            round: false,
            paused: false,
            lost: None,
            scrolled: 0,
            shown: None,
            newest: None,
        }
    }

    /// What is to be seen; nothing before the first interval is over.
    pub(super) fn frame(&self) -> Option<&Frame> {
        self.shown.as_ref()
    }

    /// The rows in their order.
    pub(super) fn rows(&self) -> Vec<Row> {
        let mut rows = self
            .shown
            .as_ref()
            .map_or(Vec::new(), |frame| frame.rows.clone());
        self.sort.sort(&mut rows, self.round);
        rows
    }

    /// The program has answered.
    pub(super) fn found(&mut self, frame: Option<Frame>) {
        self.lost = None;
        self.newest = frame.or(self.newest.take());
        if !self.paused {
            self.shown.clone_from(&self.newest);
        }
    }

    /// The program does not answer.
    pub(super) fn lose(&mut self, problem: String) {
        self.lost = Some(problem);
    }

    /// Does what a key says; the exit code where it says to quit.
    pub(super) fn press(&mut self, key: KeyEvent) -> Option<i32> {
        if key.kind == KeyEventKind::Release {
            return None;
        }
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if is_control => return Some(INTERRUPTED),
            KeyCode::Char('q') | KeyCode::Esc => return Some(SUCCESS),
            KeyCode::Char('s') | KeyCode::Right => self.sort = self.sort.moved(1),
            KeyCode::Char('S') | KeyCode::Left => {
                self.sort = self.sort.moved(SortColumn::count() - 1);
            }
            KeyCode::Char('r') => self.round = !self.round,
            KeyCode::Char(' ' | 'p') => {
                self.paused = !self.paused;
                if !self.paused {
                    self.shown.clone_from(&self.newest);
                }
            }
            KeyCode::Up => self.scrolled = self.scrolled.saturating_sub(1),
            KeyCode::Down => {
                let last = self.rows().len().saturating_sub(1);
                self.scrolled = (self.scrolled + 1).min(last);
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(screen: &mut Screen, code: KeyCode) -> Option<i32> {
        screen.press(KeyEvent::new(code, KeyModifiers::NONE))
    }

    fn frame(connections: u64) -> Frame {
        Frame {
            connections,
            rows: ["a", "b"]
                .map(|hook| Row {
                    hook: hook.to_owned(),
                    ..Row::default()
                })
                .into(),
            ..Frame::default()
        }
    }

    #[test]
    fn keys_quit_and_change_the_order() {
        let mut screen = Screen::new("", SortColumn::Hook);
        screen.found(Some(frame(1)));
        for code in [KeyCode::Char('q'), KeyCode::Esc] {
            assert_eq!(press(&mut screen, code), Some(SUCCESS));
        }
        let control_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(screen.press(control_c), Some(INTERRUPTED));
        assert_eq!(press(&mut screen, KeyCode::Char('c')), None);

        press(&mut screen, KeyCode::Char('r'));
        let rows = screen.rows();
        assert_eq!((&*rows[0].hook, &*rows[1].hook), ("b", "a"));
        press(&mut screen, KeyCode::Left);
        assert_eq!(screen.sort, SortColumn::Total);
        press(&mut screen, KeyCode::Char('s'));
        assert_eq!(screen.sort, SortColumn::Hook);
    }

    #[test]
    fn scrolling_ends_with_the_last_row() {
        let mut screen = Screen::new("", SortColumn::Hook);
        press(&mut screen, KeyCode::Down);
        assert_eq!(screen.scrolled, 0);
        screen.found(Some(frame(1)));
        for _ in 0..5 {
            press(&mut screen, KeyCode::Down);
        }
        assert_eq!(screen.scrolled, 1);
        press(&mut screen, KeyCode::Up);
        press(&mut screen, KeyCode::Up);
        assert_eq!(screen.scrolled, 0);
    }

    #[test]
    fn a_pause_keeps_what_is_seen_and_its_end_shows_the_newest() {
        let mut screen = Screen::new("", SortColumn::Hook);
        let connections = |screen: &Screen| screen.frame().map(|frame| frame.connections);
        screen.found(Some(frame(1)));
        press(&mut screen, KeyCode::Char(' '));
        screen.found(Some(frame(2)));
        assert_eq!(connections(&screen), Some(1));
        screen.lose("gone".to_owned());
        assert_eq!(screen.lost.as_deref(), Some("gone"));
        screen.found(None);
        assert_eq!(screen.lost, None);
        press(&mut screen, KeyCode::Char('p'));
        assert_eq!(connections(&screen), Some(2));
    }
}
