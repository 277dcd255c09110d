//! The option `log`, in a process of its own, because a process has one place for its log.

use std::fs;

use exhook::{App, Config, Hook, Package, proto, testing::Connection};
use prost::Message as _;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn records_are_lines_of_json_with_their_fields_and_repeats_are_left_out() {
    let folder = std::env::temp_dir().join(format!("exhook-log-lines-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for temporary files");
    let path = folder.join("log");
    let config = Config {
        log: format!("json:{}", path.display()),
        decision_log: "log".to_owned(),
        ..Config::default()
    };
    let mut app = App::with_config(config);
    app.on_client_authenticate(|req| {
        assert_ne!(req.clientinfo().clientid, "broken", "told to panic");
        true
    });
    let server = app.start("127.0.0.1:0").expect("a free port");
    let endpoint = server.address().to_string().parse().expect("an endpoint");
    let connection = Connection::open(&endpoint).await.expect("a listener");
    let request = proto::ClientAuthenticateRequest {
        clientinfo: Some(proto::ClientInfo {
            clientid: "broken".to_owned(),
            ..proto::ClientInfo::default()
        }),
        ..proto::ClientAuthenticateRequest::default()
    };
    let timeout = std::time::Duration::from_secs(20);
    for _ in 0..3 {
        connection
            .call(
                Package::V3,
                Hook::ClientAuthenticate,
                &request.encode_to_vec(),
                timeout,
            )
            .await;
    }
    server.stop().expect("the first stop");

    let text = fs::read_to_string(&path).expect("the log");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    let with = |message: &str| {
        let mut found = lines.iter();
        found.find(|line| line["message"].as_str() == Some(message))
    };
    let serving = with("serving emqx.exhook.v1, v2 and v3").expect("said");
    assert_eq!(serving["level"], "info");
    assert_eq!(serving["address"], server.address().to_string());
    assert!(with("stopped").is_some(), "{text}");
    let decided = with("decided").expect("said");
    assert_eq!(decided["target"], "exhook::decision");
    assert_eq!(decided["cause"], "exception");
    let panics = |line: &&Value| {
        let message = line["message"].as_str();
        message == Some("a handler panicked; the fallback is answered")
    };
    assert_eq!(lines.iter().filter(panics).count(), 1, "{text}");
    fs::remove_dir_all(folder).expect("nobody else removes it");
}
