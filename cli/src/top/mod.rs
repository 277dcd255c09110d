//! `exhook top`: what a running hook program does, from what its admin listener tells.

mod arguments;
mod column;
mod draw;
mod exposition;
mod frame;
mod histogram;
mod json;
mod live;
mod process;
mod sample;
mod scraper;
mod screen;
mod target;
mod text;
mod watcher;

use std::{
    io::{self, ErrorKind, IsTerminal as _, Write as _},
    time::{Duration, Instant, SystemTime},
};

pub(crate) use arguments::TopArguments;
use frame::Meter;
use scraper::Scraper;
use screen::Screen;
use watcher::{Look, Watcher};

use crate::{
    FAILED, SUCCESS, UNUSABLE,
    output::{complain, print},
};

/// How long a program may take to tell its counters.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Runs the command and returns its exit code.
pub(crate) fn run(arguments: &TopArguments) -> i32 {
    match try_run(arguments) {
        Ok(code) => code,
        Err(problem) => {
            complain(&problem);
            UNUSABLE
        }
    }
}

fn try_run(arguments: &TopArguments) -> Result<i32, String> {
    let scraper = arguments.target.find(TIMEOUT)?;
    let first = scraper.scrape().map_err(|problem| {
        format!(
            "cannot read {}: {problem}; start the program with the option admin, as in \
             EXHOOK_ADMIN=127.0.0.1:9090 or exhook run --admin 9090, and give its address, which \
             is not the one for brokers",
            scraper.url()
        )
    })?;
    let mut meter = Meter::default();
    meter.take(first, Instant::now());
    let watcher = Watcher::start(scraper.clone(), arguments.interval)?;
    if arguments.json {
        print_lines(arguments, &scraper, &watcher, meter)
    } else if arguments.once || !io::stdout().is_terminal() {
        print_once(arguments, &scraper, &watcher, meter)
    } else {
        let screen = Screen::new(scraper.url(), arguments.sort);
        live::show(&watcher, meter, screen)
    }
}

fn print_once(
    arguments: &TopArguments,
    scraper: &Scraper,
    watcher: &Watcher,
    mut meter: Meter,
) -> Result<i32, String> {
    match next(watcher)? {
        Look::Taken(Ok(sample), at) => {
            if let Some(frame) = meter.take(sample, at) {
                print(&text::report(scraper.url(), &frame, arguments.sort));
            }
            Ok(SUCCESS)
        }
        Look::Taken(Err(problem), _) => {
            complain(&format!("{} was lost: {problem}", scraper.url()));
            Ok(FAILED)
        }
        Look::Ended(code) => Ok(code),
    }
}

fn print_lines(
    arguments: &TopArguments,
    scraper: &Scraper,
    watcher: &Watcher,
    mut meter: Meter,
) -> Result<i32, String> {
    let mut code = SUCCESS;
    let mut left = arguments.count.unwrap_or(u64::MAX);
    while left > 0 {
        let now = SystemTime::now;
        let line = match next(watcher)? {
            Look::Taken(Ok(sample), at) => {
                code = SUCCESS;
                let Some(frame) = meter.take(sample, at) else {
                    continue;
                };
                json::line(scraper.url(), &frame, arguments.sort, now())
            }
            Look::Taken(Err(problem), _) => {
                code = FAILED;
                json::lost(scraper.url(), &problem.to_string(), now())
            }
            Look::Ended(code) => return Ok(code),
        };
        let mut output = io::stdout().lock();
        match output
            .write_all(line.as_bytes())
            .and_then(|()| output.flush())
        {
            Ok(()) => left -= 1,
            // Whoever reads has read enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(SUCCESS),
            Err(error) => return Err(format!("cannot write the figures: {error}")),
        }
    }
    Ok(code)
}

fn next(watcher: &Watcher) -> Result<Look, String> {
    let look = watcher.looks.recv();
    look.map_err(|_| "the thread that looks at the program has ended".to_owned())
}
