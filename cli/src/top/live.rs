//! The live table, on a terminal.

use std::{io, sync::mpsc::TryRecvError, time::Duration};

use ratatui::crossterm::event::{self, Event};

use super::{
    draw::draw,
    frame::Meter,
    screen::Screen,
    watcher::{Look, Watcher},
};

/// How long a look may lie there before it is seen. Keys are seen at once.
const PATIENCE: Duration = Duration::from_millis(50);

/// Restores the terminal, whatever ends the table. After a panic it is restored before the panic's
/// message, too.
struct Restored;

impl Drop for Restored {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// Shows the table until a key or a signal ends it; returns the exit code.
pub(super) fn show(watcher: &Watcher, meter: Meter, screen: Screen) -> Result<i32, String> {
    watch(watcher, meter, screen)
        .map_err(|error| format!("cannot use the terminal: {error}; --once and --json need none"))
}

fn watch(watcher: &Watcher, mut meter: Meter, mut screen: Screen) -> io::Result<i32> {
    let _restored = Restored;
    let mut terminal = ratatui::try_init()?;
    loop {
        terminal.draw(|canvas| draw(&screen, canvas))?;
        // Draws anew only where something has changed.
        loop {
            match watcher.looks.try_recv() {
                Ok(Look::Taken(Ok(sample), at)) => screen.found(meter.take(sample, at)),
                Ok(Look::Taken(Err(problem), _)) => screen.lose(problem.to_string()),
                Ok(Look::Ended(code)) => return Ok(code),
                Err(TryRecvError::Empty) => match pressed(&mut screen)? {
                    Pressed::Nothing => continue,
                    Pressed::Changed => {}
                    Pressed::Quit(code) => return Ok(code),
                },
                Err(TryRecvError::Disconnected) => {
                    return Err(io::Error::other("the thread that looks has ended"));
                }
            }
            break;
        }
    }
}

/// What the next event of the terminal has brought.
enum Pressed {
    Nothing,
    Changed,
    Quit(i32),
}

fn pressed(screen: &mut Screen) -> io::Result<Pressed> {
    if !event::poll(PATIENCE)? {
        return Ok(Pressed::Nothing);
    }
    Ok(match event::read()? {
        Event::Key(key) => screen.press(key).map_or(Pressed::Changed, Pressed::Quit),
        Event::Resize(..) => Pressed::Changed,
        _ => Pressed::Nothing,
    })
}
