//! What the decision log says.

use std::{
    fs,
    path::{Path, PathBuf},
};

use exhook::{Config, Hook, Package, block, proto, testing::Understood};
use serde_json::Value;

use crate::{
    captured_logs,
    provider::{Provider, authenticate, eventually},
};

/// A folder for the files of one test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("exhook-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder for temporary files");
        Self(folder)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The lines of JSON in a file; none where it is not there.
pub(crate) fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_default();
    // Without a line that is being written.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

fn publish(clientid: &str) -> proto::MessagePublishRequest {
    proto::MessagePublishRequest {
        message: Some(proto::Message {
            from: clientid.to_owned(),
            topic: "a/\"b\"".to_owned(),
            payload: "the payload".into(),
            headers: [("username".to_owned(), "alice".to_owned())].into(),
            ..proto::Message::default()
        }),
        ..proto::MessagePublishRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_valued_decision_is_a_line_without_secrets_and_all_are_there_after_the_stop() {
    let folder = Folder::new("decisions");
    let path = folder.file("decisions.log");
    let config = Config {
        decision_log: path.display().to_string(),
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        app.on_client_authenticate(|req| {
            assert_ne!(req.clientinfo().clientid, "broken", "told to panic");
            true
        });
        app.on_client_connected(|_| ());
        app.on_message_publish(|_| block());
    })
    .await;
    let hook = Hook::ClientAuthenticate;
    provider.ask(Package::V2, hook, &authenticate("c1")).await;
    eventually("a line is written before the end", || {
        lines(&path).len() == 1
    })
    .await;
    fs::rename(&path, folder.file("moved")).expect("it is there");
    provider
        .ask(Package::V2, hook, &authenticate("broken"))
        .await;
    provider
        .ask(Package::V3, Hook::MessagePublish, &publish("c1"))
        .await;
    provider.server.stop().expect("the first stop");

    let first = &lines(&folder.file("moved"))[0];
    assert_eq!(first["hook"], "client.authenticate");
    assert_eq!(first["package"], "v2");
    assert_eq!(first["clientid"], "c1");
    assert_eq!(first["username"], "alice");
    assert_eq!(first["verdict"], "allow");
    assert_eq!(first["cause"], "handler");
    assert_eq!(first["handler"], 0);
    assert_eq!(first["shadow"], false);
    assert!(first["ms"].as_f64().expect("a number") > 0.0);
    assert!(first["ts"].as_str().expect("a text").ends_with('Z'));
    let later = lines(&path);
    assert_eq!(later.len(), 2);
    assert_eq!(later[0]["verdict"], "deny");
    assert_eq!(later[0]["cause"], "exception");
    assert_eq!(later[1]["topic"], "a/\"b\"");
    assert_eq!(later[1]["username"], "alice");
    assert_eq!(later[1]["verdict"], "block");
    let text = fs::read_to_string(&path).expect("text");
    assert!(!text.contains("correct horse") && !text.contains("the payload"));
    assert_eq!(provider.metrics().decisions_lost, 0);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_costs_lines_and_no_answers() {
    captured_logs::capture();
    let config = Config {
        decision_log: "/dev/full".to_owned(),
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        app.on_client_authenticate(|_| true);
    })
    .await;
    let hook = Hook::ClientAuthenticate;
    let understood = provider.ask(Package::V3, hook, &authenticate("c1")).await;
    assert_eq!(understood, Understood::Allowed);
    provider.server.stop().expect("the first stop");
    assert_eq!(provider.metrics().decisions_lost, 1);
    let logged = captured_logs::count(&["WARN", "decision_log cannot be written", "/dev/full"]);
    assert_eq!(logged, 1);
}

#[test]
fn a_decision_log_that_cannot_be_written_keeps_the_server_from_starting() {
    let config = Config {
        decision_log: "/no/such/folder/decisions.log".to_owned(),
        ..Config::default()
    };
    let app = exhook::App::with_config(config);
    let error = app.start("127.0.0.1:0").expect_err("no folder").to_string();
    assert!(
        error.contains("decision_log: cannot write to /no/such"),
        "{error}"
    );
}
