//! [`Instance`]: a hook program in a process of its own.

use std::{
    env,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use exhook::{App, Error, Verdict};

/// Tells this program that it is to be the hook program.
const ROLE: &str = "RESTART_DRILL_INSTANCE";
/// The command of another hook program, which listens at `EXHOOK_BIND`.
const OTHER_PROGRAM: &str = "RESTART_DRILL_PROGRAM";
/// The gauge of connections that are open.
const CONNECTIONS: &str = "exhook_connections ";
/// Longer than `HAProxy` takes to see that an instance is leaving.
const DRAIN_DELAY: &str = "3000";
const PATIENCE: Duration = Duration::from_secs(60);

/// A hook program that can be stopped, killed and started again, always at the same address.
pub(crate) struct Instance {
    pub(crate) port: u16,
    pub(crate) admin_port: u16,
    process: Child,
}

impl Instance {
    pub(crate) fn start() -> Self {
        let (port, admin_port) = (free_port(), free_port());
        Self {
            port,
            admin_port,
            process: spawn(port, admin_port),
        }
    }

    /// Tells it to stop, waits until it has, and tells how it ended and how long it took.
    pub(crate) fn stop(&mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        let process = self.process.id().to_string();
        let told = Command::new("kill").args(["-TERM", &process]).status();
        assert!(told.expect("kill can be run").success());
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.process.try_wait().expect("a child") {
                return (status, begun.elapsed());
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the instance does not stop within {PATIENCE:?}");
    }

    /// How many connections brokers have to it, as it tells itself.
    pub(crate) fn connections(&self) -> Option<u64> {
        let mut admin = TcpStream::connect(("127.0.0.1", self.admin_port)).ok()?;
        admin
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .ok()?;
        let mut answer = String::new();
        admin.read_to_string(&mut answer).ok()?;
        let line = answer.lines().find(|line| line.starts_with(CONNECTIONS))?;
        line.rsplit(' ').next()?.parse().ok()
    }

    /// Ends it as a crash does.
    pub(crate) fn kill(&mut self) {
        // Fails when it has ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Starts it again, when it has ended.
    pub(crate) fn start_again(&mut self) {
        self.process = spawn(self.port, self.admin_port);
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Is the hook program, if this process was started to be it.
pub(crate) fn run_if_asked() -> Option<Result<(), Error>> {
    env::var_os(ROLE)?;
    let mut app = App::new();
    app.on_client_authenticate_async(async |_| {
        tokio::time::sleep(Duration::from_millis(5)).await;
        true
    });
    app.on_client_authorize(|_| true);
    app.on_message_publish_async(async |_| {
        tokio::time::sleep(Duration::from_millis(2)).await;
        Verdict::Ignore
    });
    app.on_client_connected(|_| {});
    let bind = env::var("EXHOOK_BIND").unwrap_or_default();
    Some(app.run(&bind))
}

fn spawn(port: u16, admin_port: u16) -> Child {
    let mut command = match env::var(OTHER_PROGRAM) {
        Ok(program) => {
            let mut command = Command::new("sh");
            command.args(["-c", &format!("exec {program}")]);
            command
        }
        Err(_) => Command::new(env::current_exe().expect("a program")),
    };
    let mut process = command
        .env(ROLE, "1")
        .env("EXHOOK_BIND", format!("127.0.0.1:{port}"))
        .env("EXHOOK_ADMIN", format!("127.0.0.1:{admin_port}"))
        .env("EXHOOK_DRAIN_DELAY_MS", DRAIN_DELAY)
        .stdin(Stdio::null())
        .spawn()
        .expect("a hook program");
    wait_for(port, &mut process);
    process
}

/// Waits until somebody listens at `port`.
pub(crate) fn wait_for(port: u16, process: &mut Child) {
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if let Ok(Some(status)) = process.try_wait() {
            let mut said = String::new();
            if let Some(mut stderr) = process.stderr.take() {
                let _ = stderr.read_to_string(&mut said);
            }
            panic!("it has ended with {status}: {said}");
        }
        assert!(begun.elapsed() < PATIENCE, "nobody listens at {port}");
        thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
