//! The server under attack, in a process of its own, so that what it takes can be measured.

use std::{
    env,
    io::{BufRead as _, BufReader, Lines, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::{Child, ChildStdout, Command, Stdio},
};

use exhook::{App, BoundAddress, ConfigLayers, MessagePatch};

use crate::provider::{TIMEOUT, eventually};

const MARK: &str = "EXHOOK_TEST_VICTIM";
const GREETING: &str = "listening ";

/// A running server that lets `alice` in and echoes what is published.
pub(super) struct Victim {
    process: Child,
    /// Open, because the test harness of the process writes to it in the end.
    _output: Lines<BufReader<ChildStdout>>,
    pub(super) address: SocketAddr,
    admin: SocketAddr,
}

impl Victim {
    /// Starts the server with these options, which are named as variables of the environment.
    pub(super) fn start(options: &[(&str, &str)]) -> Self {
        let test = env::current_exe().expect("this test");
        let mut process = Command::new(test)
            .args(["--exact", "attacks::victim::serve"])
            .args(["--ignored", "--nocapture", "--test-threads=1"])
            .env(MARK, "1")
            .envs(options.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("this test runs");
        let mut output = BufReader::new(process.stdout.take().expect("piped")).lines();
        let greeting = output
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once(GREETING).map(|(_, rest)| rest.to_owned()))
            .expect("the server starts");
        let (address, admin) = greeting.split_once(' ').expect("two addresses");
        Self {
            process,
            _output: output,
            address: address.parse().expect("an address"),
            admin: admin.parse().expect("an address"),
        }
    }

    /// The sum of a metric's samples whose labels contain `label`.
    pub(super) fn metric(&self, name: &str, label: &str) -> u64 {
        let mut stream = TcpStream::connect(self.admin).expect("a listener");
        stream.set_read_timeout(Some(TIMEOUT)).expect("a socket");
        write!(stream, "GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
            .lines()
            .filter_map(|line| line.strip_prefix(name))
            .filter(|rest| rest.starts_with([' ', '{']) && rest.contains(label))
            .filter_map(|rest| rest.rsplit_once(' '))
            .map(|(_, value)| value.parse::<u64>().expect("a whole number"))
            .sum()
    }

    /// How many connections were closed for this reason.
    pub(super) fn refused(&self, reason: &str) -> u64 {
        self.metric("exhook_connections_refused_total", reason)
    }

    /// Waits until only so many connections are open.
    pub(super) async fn until_connections(&self, count: u64) {
        let open = || self.metric("exhook_connections", "") == count;
        eventually("connections are let go", open).await;
    }

    /// Resident memory now and at most until now, in MiB; zero where the system does not tell.
    pub(super) fn memory(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.unwrap_or_default();
        let read = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
            number.unwrap_or(0) / 1024
        };
        (read("VmRSS:"), read("VmHWM:"))
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

#[test]
#[ignore = "the server under attack: the tests of attacks start it themselves"]
fn serve() {
    if env::var_os(MARK).is_none() {
        return;
    }
    let settings = ConfigLayers::new()
        .environment([("EXHOOK_ADMIN".to_owned(), "0".to_owned())])
        .process_environment()
        .resolve()
        .expect("options");
    let mut app = App::with_config(settings.config().clone());
    app.on_client_authenticate(|request| {
        let client = request.clientinfo.as_ref();
        client.is_some_and(|client| client.username == "alice")
    });
    app.on_message_publish(|_| MessagePatch::new().qos(1));
    let server = app.start("127.0.0.1:0").expect("a free port");
    let BoundAddress::Tcp(address) = server.address() else {
        panic!("an address of TCP")
    };
    let admin = server.admin_address().expect("it is on");
    let mut output = std::io::stdout();
    writeln!(output, "{GREETING}{address} {admin}").expect("somebody reads");
    // Until the test that started it goes.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
