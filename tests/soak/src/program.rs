//! [`Program`]: the process of a server, and what can be seen of it from outside.

use std::{
    fs::{self, File},
    io,
    net::{Ipv4Addr, SocketAddrV4},
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    process::{Child, Command},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

/// Below the ports that systems hand out to those who connect, so that nobody takes a port while
/// its server is restarted.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
const START_PATIENCE: Duration = Duration::from_secs(60);
const STOP_PATIENCE: Duration = Duration::from_secs(30);

/// How a program of a language is started, and where it listens.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What it is called in reports and files.
    pub(crate) name: String,
    /// The program and its arguments.
    pub(crate) command: Vec<PathBuf>,
    /// Where it serves brokers.
    pub(crate) address: SocketAddrV4,
    /// Where it tells its counters.
    pub(crate) admin: SocketAddrV4,
    /// Its deadline.
    pub(crate) timeout: Duration,
    /// When its late answers come.
    pub(crate) late: Duration,
    /// Where its log goes.
    pub(crate) log: PathBuf,
}

/// A process that serves.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    pid: Pid,
    output: JoinHandle<io::Result<String>>,
}

/// What a program prints at its end.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Farewell {
    /// How many notifications its handlers have seen.
    pub(crate) seen: u64,
    /// Those that came before an earlier one of their client.
    pub(crate) disorders: Vec<String>,
}

/// What a process uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Usage {
    /// Resident memory in MiB.
    pub(crate) rss: f64,
    /// Open files.
    pub(crate) files: u64,
    /// Threads.
    pub(crate) threads: u64,
}

/// A port of the loopback that nobody listens on.
///
/// # Errors
///
/// When there is none.
pub(crate) fn free_address() -> io::Result<SocketAddrV4> {
    for _ in 0..1_000 {
        let address = SocketAddrV4::new(Ipv4Addr::LOCALHOST, fastrand::u16(PORTS));
        if std::net::TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    Err(io::Error::other("no port of 20000 to 31999 is free"))
}

impl Program {
    /// Starts it, and waits until it listens.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or ends, or does not listen in time.
    pub(crate) async fn start(plan: &Plan) -> Result<Self, String> {
        let failed = |error: io::Error| format!("{}: cannot start: {error}", plan.name);
        let log = File::options()
            .create(true)
            .append(true)
            .open(&plan.log)
            .map_err(failed)?;
        let mut child = Command::new(&plan.command[0])
            .args(&plan.command[1..])
            .env("EXHOOK_BIND", plan.address.to_string())
            .env("EXHOOK_ADMIN", plan.admin.to_string())
            .env("EXHOOK_TIMEOUT_MS", plan.timeout.as_millis().to_string())
            .env("SOAK_LATE_MS", plan.late.as_millis().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            // Ctrl-C is for whoever checks it, who then ends it in order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let pid = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        let mut stdout = child.stdout.take().expect("it was asked for");
        let output = tokio::spawn(async move {
            let mut text = String::new();
            stdout.read_to_string(&mut text).await.map(|_| text)
        });
        let mut program = Self {
            child,
            pid: pid.ok_or("the process has no number")?,
            output,
        };
        let end = Instant::now() + START_PATIENCE;
        while TcpStream::connect(plan.address).await.is_err() {
            if let Ok(Some(status)) = program.child.try_wait() {
                return Err(format!(
                    "{}: {status}; see {}",
                    plan.name,
                    plan.log.display()
                ));
            }
            if Instant::now() > end {
                return Err(format!(
                    "{}: does not listen at {}",
                    plan.name, plan.address
                ));
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(program)
    }

    /// Ends it in order, and reads what it says at its end.
    ///
    /// # Errors
    ///
    /// When it does not end, fails, or says nothing.
    pub(crate) async fn stop(mut self) -> Result<Farewell, String> {
        if let Ok(Some(status)) = self.child.try_wait() {
            return Err(format!("it ended by itself with {status}"));
        }
        kill_process(self.pid, Signal::TERM).map_err(|error| error.to_string())?;
        let status = match timeout(STOP_PATIENCE, self.child.wait()).await {
            Ok(status) => status.map_err(|error| error.to_string())?,
            Err(_) => return Err(format!("it runs {STOP_PATIENCE:?} after SIGTERM")),
        };
        // Node.js programs end by the signal that they have obeyed.
        if !status.success() && status.signal() != Some(Signal::TERM.as_raw()) {
            return Err(format!("it ended with {status} after SIGTERM"));
        }
        let text = self.output.await.map_err(|error| error.to_string())?;
        let text = text.map_err(|error| error.to_string())?;
        let line = text.lines().last().unwrap_or_default();
        serde_json::from_str(line).map_err(|error| format!("it ended with {line:?}: {error}"))
    }

    /// Whether it still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// What it uses now; `None` where the system does not tell.
    pub(crate) fn usage(&self) -> Option<Usage> {
        let folder = Path::new("/proc").join(self.pid.as_raw_nonzero().to_string());
        let status = fs::read_to_string(folder.join("status")).ok()?;
        let field = |name: &str| -> Option<u64> {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_ascii_whitespace().nth(1)?.parse().ok()
        };
        let files = fs::read_dir(folder.join("fd")).ok()?.count();
        #[expect(clippy::cast_precision_loss, reason = "memory has fewer than 2^52 KiB")]
        let rss = field("VmRSS:")? as f64 / 1024.0;
        Some(Usage {
            rss,
            files: files as u64,
            threads: field("Threads:")?,
        })
    }
}

/// The counters of a server, as its admin listener tells them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics(String);

impl Metrics {
    /// Asks for them.
    ///
    /// # Errors
    ///
    /// When the server does not answer.
    pub(crate) async fn read(plan: &Plan) -> io::Result<Self> {
        let asking = async {
            let mut stream = TcpStream::connect(plan.admin).await?;
            stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").await?;
            let mut text = String::new();
            stream.read_to_string(&mut text).await?;
            Ok(Self(text))
        };
        match timeout(STOP_PATIENCE, asking).await {
            Ok(answer) => answer,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// The sum of all series of `name` whose labels are `wanted`.
    pub(crate) fn sum(&self, name: &str, wanted: impl Fn(&str) -> bool) -> u64 {
        let values = self.0.lines().filter_map(|line| {
            let (series, value) = line.rsplit_once(' ')?;
            let labels = series.strip_prefix(name)?;
            let is_it = labels.is_empty() || labels.starts_with('{');
            (is_it && wanted(labels)).then(|| value.parse::<u64>().ok())?
        });
        values.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_summed_by_their_labels() {
        let metrics = Metrics("a{b=\"1\"} 3\na{b=\"2\"} 4\nab 5\na_total{b=\"1\"} 6\n".into());
        assert_eq!(metrics.sum("a", |_| true), 7);
        assert_eq!(metrics.sum("a", |labels| labels.contains("b=\"2\"")), 4);
        assert_eq!(metrics.sum("ab", |_| true), 5);
    }
}
