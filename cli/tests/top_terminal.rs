//! `exhook top` on a terminal.
#![cfg(target_os = "linux")]

use std::{
    fs::File,
    io::{Read as _, Write as _},
    os::fd::OwnedFd,
    path::Path,
    process::{Child, Command, Stdio},
};

use exhook::{Config, Registry, Server};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{Mode, OFlags, open},
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize},
};

/// Only a failing test waits so long.
const TIMEOUT: Timespec = Timespec {
    tv_sec: 20,
    tv_nsec: 0,
};
const ENTER_SCREEN: &str = "\x1b[?1049h";
const LEAVE_SCREEN: &str = "\x1b[?1049l";
const SHOW_CURSOR: &str = "\x1b[?25h";

/// A terminal, and a run of the command on it.
struct Terminal {
    screen: File,
    line: OwnedFd,
    child: Child,
    output: String,
}

impl Terminal {
    fn start(arguments: &[&str]) -> Self {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&screen).expect("ours");
        unlockpt(&screen).expect("ours");
        let name = ptsname(&screen, Vec::new()).expect("a name");
        let line = open(&*name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("the line");
        let size = Winsize {
            ws_row: 24,
            ws_col: 120,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&line, size).expect("a terminal");
        let end = || Stdio::from(line.try_clone().expect("a file descriptor"));
        let child = Command::new(Path::new(env!("CARGO_BIN_EXE_exhook")))
            .args(arguments)
            .env("TERM", "xterm-256color")
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .expect("the binary runs");
        Self {
            screen: File::from(screen),
            line,
            child,
            output: String::new(),
        }
    }

    /// Reads until the command has written this.
    fn sees(&mut self, text: &str) {
        while !self.output.contains(text) {
            let mut ends = [PollFd::new(&self.screen, PollFlags::IN)];
            let ready = poll(&mut ends, Some(&TIMEOUT)).expect("the line is open");
            assert!(ready > 0, "no {text:?} in {:?}", self.output);
            let mut bytes = [0; 4096];
            let read = self.screen.read(&mut bytes).expect("the line is open");
            self.output += &String::from_utf8_lossy(&bytes[..read]);
        }
    }

    /// Waits for the end, and returns the exit code.
    fn ends(mut self) -> Option<i32> {
        self.sees(LEAVE_SCREEN);
        self.sees(SHOW_CURSOR);
        let code = self.child.wait().expect("an end").code();
        let modes = tcgetattr(&self.line).expect("a terminal").local_modes;
        assert!(modes.contains(LocalModes::ICANON | LocalModes::ECHO));
        code
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn keys_and_signals_end_the_table_and_leave_the_terminal_as_it_was() {
    let config = Config {
        admin: "0".to_owned(),
        ..Config::default()
    };
    let server = Server::start(&config, Registry::new(), "127.0.0.1:0").expect("free ports");
    let address = server
        .admin_address()
        .expect("the option is on")
        .to_string();
    let start = || {
        let mut terminal = Terminal::start(&["top", &address, "--interval", "0.1"]);
        terminal.sees(ENTER_SCREEN);
        terminal.sees("connections");
        terminal
    };
    for (key, code) in [(&b"q"[..], 0), (b"\x1b", 0), (b"\x03", 130)] {
        let mut terminal = start();
        terminal.screen.write_all(key).expect("the line is open");
        assert_eq!(terminal.ends(), Some(code));
    }
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let terminal = start();
        let id = i32::try_from(terminal.child.id()).expect("a process id");
        kill_process(Pid::from_raw(id).expect("not 0"), signal).expect("our own process");
        assert_eq!(terminal.ends(), Some(code));
    }
}
