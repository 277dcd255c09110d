//! What a process has too little of, and what it hands on to its children.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead as _, BufReader, Lines, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use exhook::{
    App, Config, Hook, Package,
    testing::{Connection, Stage, Understood},
};
use prost::Message as _;

use super::{REQUEST_TIMEOUT, assert_answered};
use crate::{
    captured_logs,
    decision_log::Folder,
    provider::{Provider, TIMEOUT, authenticate, eventually, understand},
};

/// When the process answers where its handler does not.
const DEADLINE: Duration = Duration::from_secs(3);
/// What the log says without file descriptors.
const EXHAUSTED: &str = "connections cannot be accepted; check the limit of open files";

/// A process that serves until its input ends.
struct Served {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    address: SocketAddr,
}

/// What such a process has noted.
struct Told {
    /// How often the log has told of exhaustion.
    exhausted: u64,
    allowed: u64,
    inflight: u64,
    /// Seconds since 1970, by its clock.
    now: u64,
}

impl Served {
    /// Starts this program again, with at most so many open files and these variables.
    fn start(files: usize, environment: &[(&str, &OsStr)]) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut process = Command::new("sh")
            .args(["-c", &format!("ulimit -n {files}; exec \"$@\""), "sh"])
            .arg(program)
            .args(["--exact", "faults::process::serves"])
            .args(["--ignored", "--nocapture"])
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        let address = answer(&mut lines, "address ");
        Self {
            process,
            lines,
            address: address.parse().expect("an address"),
        }
    }

    async fn connect(&self) -> Connection {
        let endpoint = self.address.to_string().parse().expect("an endpoint");
        Connection::open(&endpoint).await.expect("a listener")
    }

    fn told(&mut self) -> Told {
        let input = self.process.stdin.as_mut().expect("piped");
        input.write_all(b"\n").expect("it listens");
        let told = answer(&mut self.lines, "told: ");
        let numbers: Vec<u64> = told
            .split(' ')
            .map(|number| number.parse().expect("a number"))
            .collect();
        let [exhausted, allowed, inflight, now] = numbers[..] else {
            panic!("not four numbers: {told}");
        };
        Told {
            exhausted,
            allowed,
            inflight,
            now,
        }
    }

    /// Waits until what it tells is so.
    async fn until(&mut self, what: &str, is_so: impl Fn(&Told) -> bool) {
        let begun = Instant::now();
        while !is_so(&self.told()) {
            assert!(begun.elapsed() < TIMEOUT, "not in {TIMEOUT:?}: {what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Asks as a broker that waits as long as brokers do.
async fn ask(connection: &Connection, clientid: &str) -> (Understood, Duration) {
    let (hook, request) = (Hook::ClientAuthenticate, authenticate(clientid));
    let outcome = connection
        .call(Package::V3, hook, &request.encode_to_vec(), REQUEST_TIMEOUT)
        .await;
    assert_answered(&outcome);
    let understood = understand(Package::V3, None, hook, &outcome);
    (understood, outcome.elapsed)
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("after 1970").as_secs()
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The next line that begins so; the harness of tests has its own between them.
fn answer(lines: &mut Lines<BufReader<ChildStdout>>, begin: &str) -> String {
    for line in lines {
        let line = line.expect("text");
        if let Some((_, rest)) = line.split_once(begin) {
            return rest.to_owned();
        }
    }
    panic!("the process has ended without {begin}");
}

#[test]
#[ignore = "the process that other tests serve in"]
#[expect(clippy::print_stdout, reason = "the other tests read it")]
fn serves() {
    captured_logs::capture();
    let mut app = App::with_config(Config {
        timeout_ms: 3_000,
        ..Config::default()
    });
    app.on_client_authenticate_async(async |req| {
        if req.clientinfo().clientid == "hangs" {
            std::future::pending::<()>().await;
        }
        true
    });
    let server = app.start("127.0.0.1:0").expect("a free port");
    println!("address {}", server.address());
    for _ in std::io::stdin().lines() {
        let metrics = server.metrics();
        let allowed = metrics.hooks.first().map_or(0, |hook| hook.verdicts[0].1);
        let (logged, inflight) = (captured_logs::count(&[EXHAUSTED]), metrics.inflight);
        println!("told: {logged} {allowed} {inflight} {}", now());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_file_descriptors_connections_wait_and_calls_go_on() {
    const FILES: usize = 40;
    let mut served = Served::start(FILES, &[]);
    let open = served.connect().await;
    assert_eq!(ask(&open, "c").await.0, Understood::Allowed);
    let idle: Vec<_> = (0..FILES + 10)
        .map(|_| TcpStream::connect(served.address).expect("a backlog"))
        .collect();
    let exhausted = |told: &Told| told.exhausted > 0;
    served.until("exhaustion is logged", exhausted).await;
    assert_eq!(ask(&open, "c").await.0, Understood::Allowed);
    drop(idle);
    let later = served.connect().await;
    assert_eq!(ask(&later, "c").await.0, Understood::Allowed);
    assert_eq!(ask(&open, "c").await.0, Understood::Allowed);
    let told = served.told();
    assert_eq!((told.exhausted, told.allowed, told.inflight), (1, 4, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_clock_that_jumps_moves_no_deadline() {
    const LIBRARY: &str = "faketime/libfaketime.so.1";
    const HOUR: u64 = 3_600;
    let libraries = [
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib",
    ];
    let library = libraries
        .map(|folder| Path::new(folder).join(LIBRARY))
        .into_iter()
        .find(|path| path.exists())
        .expect("libfaketime is missing; install it (Debian: apt-get install faketime)");
    let folder = Folder::new("clock");
    let clock = folder.file("offset");
    fs::write(&clock, "+0").expect("a folder for temporary files");
    let mut served = Served::start(
        1_024,
        &[
            ("LD_PRELOAD", library.as_os_str()),
            ("FAKETIME_TIMESTAMP_FILE", clock.as_os_str()),
            ("FAKETIME_NO_CACHE", OsStr::new("1")),
            ("FAKETIME_DONT_FAKE_MONOTONIC", OsStr::new("1")),
        ],
    );
    let connection = served.connect().await;
    for (offset, expected) in [("+10h", now() + 10 * HOUR), ("-10h", now() - 10 * HOUR)] {
        let jump = async {
            served
                .until("the call runs", |told| told.inflight == 1)
                .await;
            fs::write(&clock, offset).expect("it was written before");
            let jumped = |told: &Told| told.now.abs_diff(expected) < HOUR;
            served.until("the clock has jumped", jumped).await;
        };
        let ((understood, elapsed), ()) = tokio::join!(ask(&connection, "hangs"), jump);
        assert_eq!(understood, Understood::Denied);
        assert!(elapsed >= DEADLINE, "{elapsed:?}");
        assert_eq!(ask(&connection, "c").await.0, Understood::Allowed);
    }
    let told = served.told();
    assert_eq!((told.allowed, told.inflight), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_started_meanwhile_keeps_neither_port_nor_connections() {
    let provider = Provider::start(Config::default(), |app| {
        app.on_client_authenticate(|_| true);
    })
    .await;
    let mut child = Command::new("sleep").arg("600").spawn().expect("sleep");
    let understood = provider
        .ask(Package::V3, Hook::ClientAuthenticate, &authenticate("c"))
        .await;
    assert_eq!(understood, Understood::Allowed);
    assert_eq!(provider.metrics().hooks[0].verdicts[0], ("allow", 1));
    let address = provider.address();
    provider.server.stop().expect("the first stop");
    let connection = provider.connection;
    eventually("the connection is closed", || {
        connection.stage() == Stage::Closed
    })
    .await;
    // Programs that other tests start have it until they have begun.
    eventually("nobody has the port any more", || {
        TcpListener::bind(address).is_ok()
    })
    .await;
    child.kill().expect("it runs");
    child.wait().expect("it has ended");
}
