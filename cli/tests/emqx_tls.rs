//! EMQX's management API over TLS.

#[allow(dead_code, reason = "each file of tests uses its part")]
mod support;

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use rustls::{
    ServerConfig, ServerConnection, Stream,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use support::{Finished, exhook};

/// Serves API keys that are wrong, with a certificate for `host`. Returns the port and the file of
/// the certificate.
fn start(host: &str) -> (u16, PathBuf) {
    let certified = rcgen::generate_simple_self_signed([host.to_owned()]).expect("a certificate");
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{host}.pem"));
    fs::write(&file, certified.cert.pem()).expect("a writable directory");
    let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the versions of TLS")
        .with_no_client_auth()
        .with_single_cert(
            vec![certified.cert.der().clone()],
            PrivateKeyDer::Pkcs8(key),
        )
        .expect("a pair");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let mut connection = ServerConnection::new(Arc::clone(&config)).expect("a config");
            let mut stream = Stream::new(&mut connection, &mut socket);
            // A client that does not like the certificate leaves.
            if matches!(stream.read(&mut [0; 4_096]), Ok(1..)) {
                let answer = "HTTP/1.1 401 -\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
                let _ = stream.write_all(answer.as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    (port, file)
}

fn unregister(address: &str, authority: Option<&Path>) -> Finished {
    let mut arguments = vec!["unregister", "--name", "hooks", "--emqx", address];
    arguments.extend(["--api-key", "key", "--api-secret", "secret"]);
    let file = authority.map(|file| file.to_str().expect("a path of ours"));
    if let Some(file) = file {
        arguments.extend(["--emqx-ca", file]);
    }
    let finished = exhook(arguments);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    finished
}

#[test]
fn a_certificate_that_is_trusted_and_has_the_name_is_accepted() {
    let (port, file) = start("127.0.0.1");
    let finished = unregister(&format!("https://127.0.0.1:{port}"), Some(&file));
    assert!(finished.stderr.contains("401"), "{}", finished.stderr);
}

#[test]
fn a_certificate_for_another_host_is_told_with_the_remedy() {
    let (port, file) = start("elsewhere.example");
    let finished = unregister(&format!("https://127.0.0.1:{port}"), Some(&file));
    assert!(
        finished
            .stderr
            .contains("the certificate is for another host"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_certificate_of_an_unknown_authority_is_told_with_the_remedy() {
    let (port, _) = start("localhost");
    let finished = unregister(&format!("https://127.0.0.1:{port}"), None);
    assert!(finished.stderr.contains("--emqx-ca"), "{}", finished.stderr);
}

#[test]
fn a_file_without_certificates_is_told() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("no-certificate.pem");
    fs::write(&file, "nothing").expect("a writable directory");
    for (file, expected) in [
        (file, "no certificate in it"),
        ("absent.pem".into(), "absent.pem"),
    ] {
        let finished = unregister("https://127.0.0.1:1", Some(&file));
        assert!(finished.stderr.contains(expected), "{}", finished.stderr);
    }
}
