//! Certificates that change while connections are open.

use std::{fs, path::PathBuf};

use exhook::Config;

use super::{
    authority::{Authority, Pair},
    client::{Client, Terms, try_call},
    start,
};
use crate::{
    captured_logs,
    provider::{TIMEOUT, eventually},
};

/// A folder of this test process with the files of a pair.
struct Files {
    folder: PathBuf,
}

impl Files {
    fn new(name: &str, pair: &Pair) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).expect("a writable directory");
        let files = Self { folder };
        files.write("cert.pem", &pair.certificate);
        files.write("key.pem", &pair.key);
        files
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).expect("a writable directory");
    }

    fn config(&self) -> Config {
        Config {
            tls_cert: self.path("cert.pem"),
            tls_key: self.path("key.pem"),
            tls_reload_interval_ms: 5,
            ..Config::default()
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_connections_get_the_new_certificate_and_old_ones_are_served_on() {
    captured_logs::capture();
    let authority = Authority::new();
    let (first, second) = (authority.server(), authority.server());
    let files = Files::new("reloaded", &first);
    let (server, address) = start(files.config());
    let terms = Terms::new(&authority);
    let old = Client::connect(&address, &terms).await.expect("served");
    assert_eq!(old.certificate, first.der);
    let expiry = server.metrics().tls_certificate_expiry;
    assert!(expiry.is_some_and(|expiry| expiry > 2_000_000_000));

    // Until the key is there, the pair is not one.
    files.write("cert.pem", &second.certificate);
    let kept = [files.path("key.pem"), "does not fit".to_owned()];
    let kept = [&*kept[0], &kept[1], "from before"];
    eventually("told", || captured_logs::count(&kept) == 1).await;
    let between = try_call(&address, &terms).await.expect("served on");
    assert_eq!(between.certificate, first.der);

    files.write("key.pem", &second.key);
    let deadline = tokio::time::Instant::now() + TIMEOUT;
    loop {
        assert!(old.authenticate().await.expect("the old one is served on"));
        let new = try_call(&address, &terms).await.expect("served");
        if new.certificate == second.der {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "not in {TIMEOUT:?}");
    }
    assert!(old.authenticate().await.expect("the old one is served on"));
    assert_eq!(captured_logs::count(&kept), 1);
    server.stop().expect("the thread that looks ends, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_broken_is_told_once_and_changes_nothing() {
    captured_logs::capture();
    let authority = Authority::new();
    let pair = authority.server();
    let files = Files::new("broken", &pair);
    let (_server, address) = start(files.config());
    let certificate = files.path("cert.pem");
    files.write("cert.pem", "nothing");
    let told = [&*certificate, "holds no certificate", "from before"];
    eventually("told", || captured_logs::count(&told) == 1).await;
    fs::remove_file(&certificate).expect("a file of ours");
    let missing = [&*certificate, "cannot be read", "from before"];
    eventually("told", || captured_logs::count(&missing) == 1).await;
    let terms = Terms::new(&authority);
    let client = try_call(&address, &terms).await.expect("served on");
    assert_eq!(client.certificate, pair.der);
    assert_eq!(captured_logs::count(&told), 1);
    assert_eq!(captured_logs::count(&missing), 1);
}
