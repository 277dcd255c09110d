//! The command `exhook record`, as a child of the test.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

/// Far more than a child needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a recorder left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A recorder at work; it is killed when the test ends before it does.
pub(crate) struct Recorder {
    child: Child,
    stderr: BufReader<ChildStderr>,
    /// Where it listens.
    pub(crate) address: String,
}

impl Recorder {
    pub(crate) fn start(to: &str, out: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_exhook"))
            .args(["record", "--listen", "127.0.0.1:0", "--to", to, "--out"])
            .arg(out)
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary");
        let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
        let mut line = String::new();
        stderr.read_line(&mut line).expect("text");
        let address = line
            .strip_prefix("listening on ")
            .and_then(|rest| rest.split_once(' '))
            .unwrap_or_else(|| panic!("an address in {line:?}"))
            .0
            .to_owned();
        Self {
            child,
            stderr,
            address,
        }
    }

    /// The next line on standard error.
    pub(crate) fn says(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).expect("text");
        line
    }

    pub(crate) fn signal(&self, signal: &str) {
        let killed = Command::new("kill")
            .args([OsStr::new(signal), self.child.id().to_string().as_ref()])
            .status();
        assert!(killed.expect("kill runs").success());
    }

    /// Ends it as Ctrl-C does.
    pub(crate) fn end(self) -> Ended {
        self.end_by("-INT")
    }

    pub(crate) fn end_by(mut self, signal: &str) -> Ended {
        self.signal(signal);
        let mut ended = Ended {
            code: None,
            stdout: String::new(),
            stderr: String::new(),
        };
        let mut stdout = self.child.stdout.take().expect("piped");
        stdout.read_to_string(&mut ended.stdout).expect("text");
        self.stderr.read_to_string(&mut ended.stderr).expect("text");
        ended.code = self.child.wait().expect("it ends").code();
        ended
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // Most have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file of this test run that is not there yet; tests use different names.
pub(crate) fn absent(name: &str) -> PathBuf {
    let file =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("record-{name}.calls.jsonl"));
    if file.exists() {
        fs::remove_file(&file).expect("a file of an earlier run");
    }
    file
}

/// The lines of a recording.
pub(crate) fn lines(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).expect("a recording");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect(line));
    lines.collect()
}

/// Waits until a recording has as many lines: nothing tells when a child has written them.
pub(crate) fn wait_for_lines(file: &Path, count: usize) {
    let began = Instant::now();
    while fs::read_to_string(file)
        .expect("a recording")
        .lines()
        .count()
        < count
    {
        assert!(
            began.elapsed() < PATIENCE,
            "{count} lines in {}",
            file.display()
        );
        std::thread::yield_now();
    }
}
