//! [`HaProxy`], with the configuration that is in `deploy/`.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::instance::{Instance, free_port, wait_for};

/// A running `HAProxy` before two instances.
pub(crate) struct HaProxy {
    pub(crate) port: u16,
    process: Child,
}

impl HaProxy {
    /// `None` where `HAProxy` is not installed.
    pub(crate) fn start([a, b]: [&Instance; 2]) -> Option<Self> {
        let configuration =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/haproxy/haproxy.cfg");
        let port = free_port();
        // Users' PATH may be without the folder where Debian has it.
        let program = ["haproxy", "/usr/sbin/haproxy"]
            .into_iter()
            .find(|program| Command::new(program).arg("-v").output().is_ok())?;
        let mut process = Command::new(program)
            .arg("-db")
            .arg("-f")
            .arg(configuration)
            .env("EXHOOK_LISTEN", format!("127.0.0.1:{port}"))
            .env("EXHOOK_A_PORT", a.port.to_string())
            .env("EXHOOK_A_ADMIN_PORT", a.admin_port.to_string())
            .env("EXHOOK_B_PORT", b.port.to_string())
            .env("EXHOOK_B_ADMIN_PORT", b.admin_port.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("HAProxy");
        wait_for(port, &mut process);
        Some(Self { port, process })
    }
}

impl Drop for HaProxy {
    fn drop(&mut self) {
        // Fails when it has ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
