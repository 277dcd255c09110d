//! [`RunnerCommand`]: the runner of a language; [`Runner`]: one that plays a program.

use std::{
    process::Stdio,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, Command},
    sync::watch,
};

use crate::Problem;

/// Only a runner that is broken takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the runner of a language is started.
#[derive(Clone, Debug)]
pub struct RunnerCommand {
    words: Vec<String>,
}

/// What a runner says of itself in its first line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// The language.
    pub language: String,
    /// The kinds of handlers that it has.
    pub kinds: Vec<String>,
    /// Those that may take their time.
    pub waits: Vec<String>,
    /// The answers that cannot be given in the language.
    pub lacks: Vec<String>,
}

/// A runner, and the program that it plays.
#[derive(Debug)]
pub(crate) struct Runner {
    child: Child,
    input: Option<ChildStdin>,
    output: watch::Receiver<Output>,
    errors: Arc<Mutex<Vec<u8>>>,
    pub(crate) capabilities: Capabilities,
    pub(crate) address: String,
}

/// What a runner has written so far.
#[derive(Clone, Debug, Default)]
struct Output {
    lines: Vec<String>,
    has_ended: bool,
}

impl RunnerCommand {
    /// The command in `text`, whose words are parted as a shell does.
    ///
    /// # Errors
    ///
    /// When it has no words, or a quotation mark has no second one.
    pub fn new(text: &str) -> Result<Self, String> {
        match shlex::split(text) {
            Some(words) if !words.is_empty() => Ok(Self { words }),
            _ => Err(format!(
                "{text:?} is no command; give a program and its arguments"
            )),
        }
    }

    /// Asks the runner what it can do.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or does not say so.
    pub async fn capabilities(&self) -> Result<Capabilities, String> {
        let mut runner = self.spawn()?;
        runner.greeting().await?;
        let capabilities = runner.capabilities.clone();
        runner.stop().await?;
        Ok(capabilities)
    }

    /// Starts a runner with the program in `lines`.
    pub(crate) async fn start(&self, lines: &str) -> Result<Runner, Problem> {
        let mut runner = self.spawn()?;
        runner.greeting().await?;
        runner.send(lines).await?;
        // Handlers may be called, and say so, before the runner has told where.
        let listening = |lines: &[String]| {
            lines
                .iter()
                .find_map(|line| line.strip_prefix("listening "))
                .map(str::to_owned)
        };
        runner
            .wait(PATIENCE, |lines| listening(lines).is_some())
            .await?;
        match listening(&runner.lines()) {
            Some(address) => {
                runner.address = address;
                Ok(runner)
            }
            None => Err(runner.failure("it does not say: listening ADDRESS")),
        }
    }

    fn spawn(&self) -> Result<Runner, Problem> {
        let mut child = Command::new(&self.words[0])
            .args(&self.words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("cannot start the runner {}: {error}", self.words[0]))?;
        let (sender, output) = watch::channel(Output::default());
        let errors = Arc::new(Mutex::new(Vec::new()));
        let stdout = child.stdout.take().expect("piped");
        let stderr = child.stderr.take().expect("piped");
        tokio::spawn(read_lines(stdout, sender));
        tokio::spawn(read_bytes(stderr, Arc::clone(&errors)));
        Ok(Runner {
            input: child.stdin.take(),
            child,
            output,
            errors,
            capabilities: Capabilities::default(),
            address: String::new(),
        })
    }
}

impl Runner {
    async fn greeting(&mut self) -> Result<(), Problem> {
        let line = self.line(0).await?;
        match Capabilities::read(&line) {
            Some(capabilities) => {
                self.capabilities = capabilities;
                Ok(())
            }
            None => Err(self.failure("its first line is not: runner LANGUAGE kinds=… waits=…")),
        }
    }

    /// Makes handlers that hold their answer back give it.
    pub(crate) async fn release(&mut self) -> Result<(), Problem> {
        let count = |lines: &[String]| lines.iter().filter(|line| *line == "released").count();
        let before = count(&self.lines());
        self.send("release\n").await?;
        if self.wait(PATIENCE, |lines| count(lines) > before).await? {
            return Ok(());
        }
        Err(self.failure("it does not say: released"))
    }

    async fn send(&mut self, text: &str) -> Result<(), Problem> {
        let Some(input) = &mut self.input else {
            return Err("the runner is stopped".to_owned());
        };
        let sent = match input.write_all(text.as_bytes()).await {
            Ok(()) => input.flush().await,
            Err(error) => Err(error),
        };
        sent.map_err(|error| self.failure(&format!("it does not read: {error}")))
    }

    /// Lets the runner see the end of its input, at which it drains and ends.
    pub(crate) fn begin_stop(&mut self) {
        self.input = None;
    }

    /// Stops the runner, and waits for its end.
    pub(crate) async fn stop(&mut self) -> Result<(), Problem> {
        self.begin_stop();
        match tokio::time::timeout(PATIENCE, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(self.failure(&format!("it ended with {status}"))),
            Ok(Err(error)) => Err(self.failure(&format!("its end cannot be seen: {error}"))),
            Err(_) => Err(self.failure(&format!("it does not end within {PATIENCE:?}"))),
        }
    }

    /// The line with this number, from 0.
    async fn line(&mut self, number: usize) -> Result<String, Problem> {
        self.wait(PATIENCE, |lines| lines.len() > number).await?;
        let line = self.output.borrow().lines.get(number).cloned();
        line.ok_or_else(|| self.failure("it wrote too little"))
    }

    /// The lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.output.borrow().lines.clone()
    }

    /// Waits until the lines are as wanted; tells whether they became so in time.
    pub(crate) async fn wait(
        &mut self,
        patience: Duration,
        wanted: impl Fn(&[String]) -> bool,
    ) -> Result<bool, Problem> {
        let mut output = self.output.clone();
        let waiting = output.wait_for(|output| wanted(&output.lines) || output.has_ended);
        let Ok(seen) = tokio::time::timeout(patience, waiting).await else {
            return Ok(false);
        };
        let is_wanted = seen.is_ok_and(|output| wanted(&output.lines));
        if is_wanted {
            return Ok(true);
        }
        Err(self.failure("it has ended"))
    }

    /// What is wrong with the runner, with the end of what it wrote about that.
    fn failure(&self, what: &str) -> Problem {
        let errors = String::from_utf8_lossy(&locked(&self.errors)).into_owned();
        let last: Vec<_> = errors.lines().rev().take(12).collect();
        let last: Vec<_> = last.into_iter().rev().collect();
        format!("the runner is at fault: {what}\n{}", last.join("\n"))
    }
}

impl Capabilities {
    /// Reads `runner LANGUAGE kinds=a,b waits=a lacks=c`.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        if words.next() != Some("runner") {
            return None;
        }
        let mut read = Self {
            language: words.next()?.to_owned(),
            ..Self::default()
        };
        for word in words {
            let (key, list) = word.split_once('=')?;
            let list = list.split(',').filter(|item| !item.is_empty());
            let place = match key {
                "kinds" => &mut read.kinds,
                "waits" => &mut read.waits,
                "lacks" => &mut read.lacks,
                _ => return None,
            };
            place.extend(list.map(str::to_owned));
        }
        (!read.kinds.is_empty()).then_some(read)
    }
}

async fn read_lines(stdout: impl AsyncRead + Unpin, output: watch::Sender<Output>) {
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        output.send_modify(|output| output.lines.push(line));
    }
    output.send_modify(|output| output.has_ended = true);
}

async fn read_bytes(mut stderr: impl AsyncRead + Unpin, errors: Arc<Mutex<Vec<u8>>>) {
    let mut piece = [0; 4096];
    while let Ok(count @ 1..) = stderr.read(&mut piece).await {
        locked(&errors).extend_from_slice(&piece[..count]);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while it is locked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_tells_what_a_language_has() {
        let read = Capabilities::read("runner python kinds=sync,async waits=async lacks=");
        let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
        let expected = Capabilities {
            language: "python".to_owned(),
            kinds: list(&["sync", "async"]),
            waits: list(&["async"]),
            lacks: Vec::new(),
        };
        assert_eq!(read, Some(expected));
        for line in ["", "runner", "runner python", "runner python kind=sync"] {
            assert_eq!(Capabilities::read(line), None, "{line}");
        }
    }
}
