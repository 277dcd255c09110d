//! What each path answers, by which method and under which name.

use serde_json::Value;

use super::*;

const PATHS: [(&str, &str); 6] = [
    ("/", "text/html; charset=utf-8"),
    ("/livez", "text/plain; charset=utf-8"),
    ("/readyz", "application/json"),
    ("/metrics", "text/plain; version=0.0.4; charset=utf-8"),
    ("/config", "application/json"),
    ("/events", "text/event-stream"),
];

#[test]
fn every_path_tells_browsers_to_trust_nothing_and_can_be_asked_for_its_head() {
    let server = start("0");
    let address = admin_address(&server);
    for (path, content_type) in PATHS {
        let (head, body) = ask(address, &format!("HEAD {path}"));
        assert!(head.starts_with("http/1.1 200 "), "{path}: {head}");
        assert_eq!(body, "", "{path}");
        for line in [
            format!("content-type: {content_type}"),
            "x-content-type-options: nosniff".to_owned(),
            "referrer-policy: no-referrer".to_owned(),
            "cache-control: no-store".to_owned(),
            "content-security-policy: default-src 'none'; ".to_owned(),
        ] {
            assert!(head.contains(&line), "{path}: {line} is not in {head}");
        }
        let (head, body) = ask(address, &format!("POST {path}"));
        assert!(head.starts_with("http/1.1 405 "), "{path}: {head}");
        assert!(head.contains("allow: get, head"), "{path}: {head}");
        assert!(body.contains("POST"), "{path}: {body}");
    }
}

#[test]
fn the_page_is_whole_and_may_run_only_what_is_in_it() {
    let server = start("0");
    let (head, body) = ask(admin_address(&server), "GET /");
    assert!(body.starts_with("<!doctype html>"), "{body}");
    assert!(body.ends_with("</html>\n"), "{body}");
    assert!(!body.contains("/*style*/") && !body.contains("/*script*/"));
    for source in ["src=\"", "@import", "https://", "<link rel=\"stylesheet"] {
        assert!(!body.contains(source), "{source}");
    }
    let policy = head
        .lines()
        .find(|line| line.starts_with("content-security-policy"));
    let policy = policy.expect("a policy");
    for part in [
        "style-src 'sha256-",
        "script-src 'sha256-",
        "connect-src 'self'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[test]
fn a_page_of_a_stranger_that_took_our_address_reads_nothing() {
    let server = start("127.0.0.1:0");
    let address = admin_address(&server);
    for path in ["/", "/config", "/metrics", "/events", "/nothing"] {
        let (head, body) = ask_with(address, &format!("GET {path}"), "host: evil.example\r\n");
        assert!(head.starts_with("http/1.1 421 "), "{path}: {head}");
        assert!(body.contains("localhost"), "{path}: {body}");
    }
    for host in ["localhost:9090", "127.0.0.1", "[::1]:9090"] {
        let (head, _) = ask_with(address, "GET /livez", &format!("host: {host}\r\n"));
        assert!(head.starts_with("http/1.1 200 "), "{host}: {head}");
    }
    let open = start("0.0.0.0:0");
    let address = SocketAddr::from(([127, 0, 0, 1], admin_address(&open).port()));
    let (head, _) = ask_with(address, "GET /livez", "host: hooks.example\r\n");
    assert!(head.starts_with("http/1.1 200 "), "{head}");
}

#[test]
fn options_are_told_without_secrets() {
    let mut app = App::with_config(Config {
        timeout_ms: 1_234,
        otlp_endpoint: "http://operator:sesame@127.0.0.1:4318".to_owned(),
        ..config("0")
    });
    app.on_client_authenticate(|_| true);
    let server = app.start("127.0.0.1:0").expect("free ports");
    let (_, body) = ask(admin_address(&server), "GET /config");
    let told: Value = serde_json::from_str(&body).expect("JSON");
    let options = told["options"].as_object().expect("an object");
    assert_eq!(options["timeout_ms"]["value"], 1_234);
    assert_eq!(options["timeout_ms"]["source"], "code");
    assert_eq!(options["admin"]["value"], "0");
    assert_eq!(options["companion"]["value"], false);
    assert_eq!(options["companion"]["source"], "default");
    assert!(!body.contains("sesame"), "{body}");
    let names: Vec<_> = Config::default().options();
    assert!(names.iter().all(|(name, _)| options.contains_key(*name)));
}

#[test]
fn metrics_are_told_as_open_metrics_to_those_who_would_rather_have_it() {
    let server = start("0");
    let address = admin_address(&server);
    let (head, body) = ask_with(
        address,
        "GET /metrics",
        "host: localhost\r\naccept: application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.3\r\n",
    );
    assert!(
        head.contains("application/openmetrics-text; version=1.0.0"),
        "{head}"
    );
    assert!(body.ends_with("\n# EOF\n"), "{body}");
    let (head, body) = ask_with(address, "GET /metrics", "accept: */*\r\n");
    assert!(head.contains("text/plain; version=0.0.4"), "{head}");
    assert!(!body.contains("EOF"), "{body}");
}
