//! Which brokers are served where brokers have to show certificates.

use exhook::Config;
use rustls::version::{TLS12, TLS13};

use super::{
    authority::{Authority, Pair, dns, uri},
    client::{Terms, try_call},
    failures, options, start,
};
use crate::{captured_logs, provider::eventually};

fn fingerprint(pair: &Pair) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, &pair.der);
    let bytes = digest.as_ref().iter().map(|byte| format!("{byte:02X}"));
    bytes.collect::<Vec<_>>().join(":")
}

fn mutual(authority: &Authority) -> Config {
    Config {
        tls_client_ca: authority.pem(),
        ..options(&authority.server())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_is_served_if_its_certificate_is_vouched_for() {
    captured_logs::capture();
    let (authority, stranger) = (Authority::new(), Authority::new());
    let (server, address) = start(mutual(&authority));
    for versions in [&[&TLS12], &[&TLS13]] {
        let broker = authority.broker(&[]);
        let terms = Terms {
            versions,
            ..Terms::showing(&authority, &broker)
        };
        try_call(&address, &terms).await.expect("a known broker");
    }

    assert!(try_call(&address, &Terms::new(&authority)).await.is_err());
    eventually("counted", || failures(&server, "no_certificate") == 1).await;
    assert_eq!(captured_logs::count(&["ssl.certfile", "tls_client_ca"]), 1);

    let other = stranger.broker(&[dns("stranger.example.org")]);
    let terms = Terms::showing(&authority, &other);
    assert!(try_call(&address, &terms).await.is_err());
    eventually("counted", || failures(&server, "bad_certificate") == 1).await;
    let told = ["no authority of tls_client_ca", "stranger.example.org"];
    assert_eq!(captured_logs::count(&told), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_choose_among_brokers() {
    captured_logs::capture();
    let authority = Authority::new();
    let (server, address) = start(Config {
        tls_client_names: "emqx1.example.org, 10.0.0.1, spiffe://cluster/emqx".to_owned(),
        ..mutual(&authority)
    });
    let address_of_broker = rcgen::SanType::IpAddress([10, 0, 0, 1].into());
    for names in [
        vec![dns("other.example.org"), dns("EMQX1.example.org")],
        vec![address_of_broker],
        vec![uri("spiffe://cluster/emqx")],
    ] {
        let broker = authority.broker(&names);
        let called = try_call(&address, &Terms::showing(&authority, &broker)).await;
        called.expect("a named broker");
    }
    for names in [
        vec![],
        vec![dns("emqx2.example.org"), uri("spiffe://cluster")],
    ] {
        let broker = authority.broker(&names);
        let called = try_call(&address, &Terms::showing(&authority, &broker)).await;
        assert!(called.is_err(), "{names:?}");
    }
    eventually("counted", || failures(&server, "not_permitted") == 2).await;
    // The second within a minute is not told.
    let told = ["a broker", "tls_client_names", "names []"];
    assert_eq!(captured_logs::count(&told), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn fingerprints_choose_among_brokers_and_both_have_to_hold() {
    captured_logs::capture();
    let authority = Authority::new();
    let (known, renewed) = (
        authority.broker(&[dns("emqx3.example.org")]),
        authority.broker(&[dns("emqx3.example.org")]),
    );
    let unnamed = authority.broker(&[]);
    let (server, address) = start(Config {
        tls_client_fingerprints: fingerprint(&known),
        ..mutual(&authority)
    });
    let terms = Terms::showing(&authority, &known);
    try_call(&address, &terms).await.expect("a pinned broker");
    let terms = Terms::showing(&authority, &renewed);
    assert!(try_call(&address, &terms).await.is_err());
    eventually("counted", || failures(&server, "not_permitted") == 1).await;
    let seen = fingerprint(&renewed).replace(':', "").to_lowercase();
    assert_eq!(captured_logs::count(&[&seen, "emqx3.example.org"]), 1);

    let (server, address) = start(Config {
        tls_client_fingerprints: [fingerprint(&known), fingerprint(&unnamed)].join(","),
        tls_client_names: "emqx3.example.org".to_owned(),
        ..mutual(&authority)
    });
    let terms = Terms::showing(&authority, &known);
    try_call(&address, &terms).await.expect("pinned and named");
    for half in [&renewed, &unnamed] {
        let terms = Terms::showing(&authority, half);
        assert!(try_call(&address, &terms).await.is_err());
    }
    eventually("counted", || failures(&server, "not_permitted") == 2).await;
}
