//! The broker's side against a server of rustls and h2.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use rcgen::{CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::{
    error::ErrorCode,
    hook::Hook,
    package::Package,
    testing::{Connection, ConnectionHabits, Endpoint, TlsProblem, TlsSettings, Verify},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A CA and its certificates, in files of a folder that goes with it.
struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

/// A certificate and its key.
struct Pair {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    certfile: PathBuf,
    keyfile: PathBuf,
}

impl Authority {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);

        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("exhook-tls-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a writable folder");
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a CA");
        std::fs::write(folder.join("ca.pem"), certificate.pem()).expect("a writable folder");
        Self {
            folder,
            issuer: Issuer::new(params, key),
            certificate: certificate.der().clone(),
        }
    }

    fn cacertfile(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    fn sign(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Pair {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let files = ["pem", "key"].map(|ending| self.folder.join(format!("{name}.{ending}")));
        std::fs::write(&files[0], certificate.pem()).expect("a writable folder");
        std::fs::write(&files[1], key.serialize_pem()).expect("a writable folder");
        let [certfile, keyfile] = files;
        Pair {
            certificate: certificate.der().clone(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            certfile,
            keyfile,
        }
    }

    /// Serves with the certificate, and asks for one of this CA where `mutual`.
    fn server(&self, pair: &Pair, mutual: bool) -> ServerConfig {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a CA");
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions");
        let builder = if mutual {
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        } else {
            builder.with_no_client_auth()
        };
        let mut config = builder
            .with_single_cert(vec![pair.certificate.clone()], pair.key.clone_key())
            .expect("a pair");
        config.alpn_protocols = vec![b"h2".to_vec()];
        config
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        // The system removes it some day.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Answers every call with the scheme that it came with. Ends with the runtime.
async fn serve(config: ServerConfig) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(answer(acceptor.clone(), socket));
        }
    });
    port
}

async fn answer(acceptor: TlsAcceptor, socket: TcpStream) -> Option<()> {
    // Clients leave where they do not like the server.
    let stream = acceptor.accept(socket).await.ok()?;
    let mut connection = h2::server::handshake(stream).await.ok()?;
    while let Some(Ok((request, mut answers))) = connection.accept().await {
        let scheme = request.uri().scheme_str().unwrap_or("none").to_owned();
        let mut stream = answers.send_response(http::Response::new(()), false).ok()?;
        let mut message = vec![0, 0, 0, 0, u8::try_from(scheme.len()).ok()?];
        message.extend_from_slice(scheme.as_bytes());
        stream.send_data(Bytes::from(message), false).ok()?;
        let mut trailers = http::HeaderMap::new();
        trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
        stream.send_trailers(trailers).ok()?;
    }
    Some(())
}

fn endpoint(host: &str, port: u16, settings: &TlsSettings) -> Endpoint {
    let url: Endpoint = format!("https://{host}:{port}").parse().expect("a URL");
    url.with_tls(settings).expect("files that can be used")
}

/// What the server makes of a call.
async fn called(endpoint: &Endpoint) -> String {
    let connection = Connection::open(endpoint).await.expect("a server");
    let outcome = connection
        .call(Package::V3, Hook::ClientConnected, b"", PATIENCE)
        .await;
    assert_eq!(outcome.grpc_status, Some(0), "{outcome:?}");
    let message = outcome.message.expect("a message");
    String::from_utf8(message.to_vec()).expect("a text")
}

/// Why no connection comes about.
async fn refused(endpoint: &Endpoint) -> String {
    let opening = tokio::time::timeout(PATIENCE, Connection::open(endpoint));
    let error = opening.await.expect("an end").expect_err("no connection");
    assert!(TlsProblem::of(&error).is_some(), "{error:?}");
    endpoint.cannot_connect(&error)
}

fn trusting(authority: &Authority) -> TlsSettings {
    TlsSettings {
        cacertfile: Some(authority.cacertfile()),
        ..TlsSettings::default()
    }
}

#[tokio::test]
async fn a_server_whose_certificate_is_trusted_or_not_looked_at_is_called() {
    let authority = Authority::new();
    let port = serve(authority.server(&authority.sign("localhost", |_| {}), false)).await;
    for settings in [trusting(&authority), TlsSettings::default()] {
        assert_eq!(
            called(&endpoint("localhost", port, &settings)).await,
            "https"
        );
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_to_be_trusted_is_told_with_the_remedy() {
    let authority = Authority::new();
    let elsewhere = Authority::new();
    let good = serve(authority.server(&authority.sign("localhost", |_| {}), false)).await;
    let expired = authority.sign("localhost", |params| {
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    });
    let expired = serve(authority.server(&expired, false)).await;
    for (host, port, trusted, problem, remedy) in [
        (
            "localhost",
            good,
            &elsewhere,
            "not signed by a CA",
            "--cacert",
        ),
        (
            "127.0.0.1",
            good,
            &authority,
            "does not name 127.0.0.1, but localhost",
            "--name",
        ),
        ("localhost", expired, &authority, "has expired", "--renew"),
    ] {
        let mut settings = trusting(trusted);
        let told = refused(&endpoint(host, port, &settings)).await;
        assert!(told.contains(problem) && told.contains(remedy), "{told}");
        // Nobody has to start anything.
        assert!(!told.contains("start the hook program"), "{told}");
        settings.verify = Some(Verify::None);
        assert_eq!(called(&endpoint(host, port, &settings)).await, "https");
    }
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_serves_who_shows_one() {
    let authority = Authority::new();
    let elsewhere = Authority::new();
    let server = authority.sign("localhost", |_| {});
    let port = serve(authority.server(&server, true)).await;
    let told = refused(&endpoint("localhost", port, &trusting(&authority))).await;
    assert!(told.contains("certfile and keyfile"), "{told}");
    for (signer, is_served) in [(&authority, true), (&elsewhere, false)] {
        let pair = signer.sign("broker", |_| {});
        let endpoint = endpoint(
            "localhost",
            port,
            &TlsSettings {
                certfile: Some(pair.certfile.clone()),
                keyfile: Some(pair.keyfile.clone()),
                ..trusting(&authority)
            },
        );
        if is_served {
            assert_eq!(called(&endpoint).await, "https");
        } else {
            let told = refused(&endpoint).await;
            assert!(told.contains("does not accept the certificate"), "{told}");
        }
    }
}

#[tokio::test]
async fn tls_and_none_recognize_each_other() {
    let authority = Authority::new();
    let port = serve(authority.server(&authority.sign("localhost", |_| {}), false)).await;
    let plain: Endpoint = format!("127.0.0.1:{port}").parse().expect("an address");
    let connection = Connection::open(&plain).await.expect("a listener");
    let outcome = connection
        .call(Package::V3, Hook::ClientConnected, b"", PATIENCE)
        .await;
    let told = outcome.reset.expect("no answer");
    assert!(told.contains("give https:// instead of http://"), "{told}");

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.expect("a broker");
        let _ = h2::server::handshake(socket).await;
    });
    let told = refused(&endpoint("127.0.0.1", port, &TlsSettings::default())).await;
    assert!(told.contains("give http:// instead of https://"), "{told}");
}

#[tokio::test]
async fn nobody_listening_is_told_as_without_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    drop(listener);
    let endpoint = endpoint("127.0.0.1", port, &TlsSettings::default());
    let error = Connection::open(&endpoint).await.expect_err("nobody");
    let told = endpoint.cannot_connect(&error);
    assert!(
        told.contains("start the hook program there first"),
        "{told}"
    );
}

#[tokio::test]
async fn brokers_that_need_alpn_do_not_call_a_server_that_chooses_no_http2() {
    let authority = Authority::new();
    let mut config = authority.server(&authority.sign("localhost", |_| {}), false);
    config.alpn_protocols.clear();
    let port = serve(config).await;
    let endpoint = endpoint("localhost", port, &trusting(&authority));
    assert_eq!(called(&endpoint).await, "https");
    let habits = ConnectionHabits {
        requires_alpn: true,
        ..ConnectionHabits::default()
    };
    let error = Connection::open_with(&endpoint, &habits).await;
    let told = error.expect_err("no h2").to_string();
    assert!(told.contains("HTTP/1.1"), "{told}");
    let seen = endpoint.inspect_tls().await.expect("a server");
    assert!(!seen.expect("TLS").chose_http2);
}

#[tokio::test]
async fn an_inspection_tells_what_is_shown_whether_or_not_it_is_trusted() {
    let authority = Authority::new();
    let elsewhere = Authority::new();
    let pair = authority.sign("localhost", |_| {});
    let port = serve(authority.server(&pair, true)).await;
    let inspect = async |host: &str, trusted: &Authority| {
        let endpoint = endpoint(host, port, &trusting(trusted));
        let seen = endpoint.inspect_tls().await.expect("a server");
        seen.expect("TLS")
    };
    let seen = inspect("localhost", &authority).await;
    assert_eq!(seen.certificates, [pair.certificate.to_vec()]);
    assert!(seen.asks_for_certificate && seen.chose_http2, "{seen:?}");
    assert_eq!((seen.other_host, seen.untrusted), (None, None));
    let seen = inspect("127.0.0.1", &elsewhere).await;
    assert!(
        seen.other_host
            .is_some_and(|told| told.contains("127.0.0.1"))
    );
    assert!(seen.untrusted.is_some_and(|told| told.contains("CA")));
}

#[test]
fn settings_that_cannot_be_used_are_told_with_file_and_remedy() {
    let authority = Authority::new();
    let one = authority.sign("one", |_| {});
    let other = authority.sign("other", |_| {});
    let file = |path: &Path| Some(path.to_owned());
    let none = TlsSettings::default;
    let absent = file(Path::new("absent.pem"));
    for (url, settings, problem) in [
        (
            "https://a:1",
            TlsSettings {
                cacertfile: absent.clone(),
                ..none()
            },
            "absent.pem",
        ),
        (
            "https://a:1",
            TlsSettings {
                cacertfile: file(&one.keyfile),
                ..none()
            },
            "no certificate",
        ),
        (
            "https://a:1",
            TlsSettings {
                certfile: file(&one.certfile),
                ..none()
            },
            "keyfile",
        ),
        (
            "https://a:1",
            TlsSettings {
                keyfile: file(&one.keyfile),
                ..none()
            },
            "certfile",
        ),
        (
            "https://a:1",
            TlsSettings {
                certfile: file(&one.certfile),
                keyfile: file(&other.keyfile),
                ..none()
            },
            "not the key",
        ),
        (
            "https://a:1",
            TlsSettings {
                verify: Some(Verify::Peer),
                ..none()
            },
            "cacertfile",
        ),
        (
            "https://a:1",
            TlsSettings {
                enable: Some(false),
                ..none()
            },
            "ssl.enable",
        ),
        (
            "http://a:1",
            TlsSettings {
                cacertfile: absent,
                ..none()
            },
            "https://",
        ),
    ] {
        let url: Endpoint = url.parse().expect("a URL");
        let error = url.with_tls(&settings).expect_err(problem);
        assert_eq!(error.code(), ErrorCode::InvalidOption);
        assert!(error.to_string().contains(problem), "{error}");
    }
}
