//! Load on real servers: every call is counted, on both sides.

#[allow(dead_code, reason = "each test needs a part of it")]
mod support;

use std::{
    io::Read,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc::channel,
    },
    thread,
    time::Duration,
};

use exhook::{Call, Config, HandlerOptions, Hook, Registry, Server, Verdict};
use serde_json::Value;
use support::{Finished, exhook, start_server};

/// A hook program with one handler.
fn serve(hook: Hook, handler: impl Fn(Call) + Send + Sync + 'static) -> Server {
    let mut registry = Registry::new();
    registry
        .register(hook, HandlerOptions::default(), Arc::new(handler))
        .expect("valid options");
    Server::start(&Config::default(), registry, "127.0.0.1:0").expect("a free port")
}

fn bench(server: &Server, more: &[&str]) -> Finished {
    let address = server.address().to_string();
    let fixed = ["bench", "--to", &address, "--warm-up", "0"];
    exhook(fixed.iter().chain(more))
}

fn json(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout).unwrap_or_else(|error| panic!("{error}: {finished:?}"))
}

/// How many calls of a hook the server saw.
fn seen(server: &Server, hook: Hook) -> u64 {
    let hooks = server.metrics().hooks;
    let calls = hooks.iter().filter(|counted| counted.hook == hook);
    calls.map(|counted| counted.calls).sum()
}

#[test]
fn every_hook_is_called_in_every_package_as_often_as_is_told() {
    let server = start_server();
    for hook in Hook::ALL {
        let before = seen(&server, *hook);
        let mut made = 0;
        for package in ["v1", "v2", "v3"] {
            let finished = bench(
                &server,
                &[
                    "--hook",
                    hook.name(),
                    "--package",
                    package,
                    "--calls",
                    "40",
                    "--json",
                ],
            );
            if *hook == Hook::MessageIngress && package != "v3" {
                assert_eq!(finished.code, Some(2), "{finished:?}");
                assert!(finished.stderr.contains("--package v3"), "{finished:?}");
                continue;
            }
            assert_eq!(finished.code, Some(0), "{hook} {package}: {finished:?}");
            let report = json(&finished);
            assert_eq!(
                (&report["calls"], &report["ended"]),
                (&40.into(), &40.into())
            );
            assert_eq!(report["failures"], 0);
            made += 40;
        }
        assert_eq!(seen(&server, *hook) - before, made, "{hook}");
    }
}

#[test]
fn a_time_is_filled_with_calls_and_the_warm_up_is_told_apart() {
    let server = start_server();
    let address = server.address().to_string();
    for threads in ["1", "3"] {
        let before = seen(&server, Hook::ClientAuthorize);
        let finished = exhook([
            "bench",
            "--to",
            &address,
            "--hook",
            "client_authorize",
            "--seconds",
            "0.2",
            "--warm-up",
            "0.1",
            "--threads",
            threads,
            "--json",
        ]);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert_eq!(finished.stderr, "", "no live view without a terminal");
        let report = json(&finished);
        let calls = report["calls"].as_u64().expect("a number");
        let warm_up = report["warm_up"]["calls"].as_u64().expect("a number");
        assert!(calls > 0 && warm_up > 0, "{report}");
        assert_eq!(
            seen(&server, Hook::ClientAuthorize) - before,
            calls + warm_up
        );
        assert_eq!(report["verdicts"]["continue true"], calls);
    }
}

#[test]
fn a_closed_loop_keeps_all_streams_of_all_connections_under_way() {
    const UNDER_WAY: usize = 3 * 5;
    let held = Arc::new(Mutex::new(Vec::new()));
    let most = Arc::new(AtomicUsize::new(0));
    // Answers only when all that may be under way are: fewer would never be answered.
    let handler = {
        let (held, most) = (Arc::clone(&held), Arc::clone(&most));
        move |call| {
            let mut held = held.lock().expect("no panic");
            held.push(call);
            most.fetch_max(held.len(), Ordering::Relaxed);
            if held.len() == UNDER_WAY {
                for call in held.drain(..) {
                    let call: Call = call;
                    call.reply(Verdict::Allow).expect("in time");
                }
            }
        }
    };
    let server = serve(Hook::ClientAuthenticate, handler);
    let calls = (UNDER_WAY * 20).to_string();
    let finished = bench(
        &server,
        &[
            "--hook",
            "client.authenticate",
            "--connections",
            "3",
            "--streams",
            "5",
            "--calls",
            &calls,
            "--json",
        ],
    );
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let report = json(&finished);
    assert_eq!(report["most_under_way"], UNDER_WAY);
    assert_eq!(report["verdicts"]["allow"], UNDER_WAY * 20);
    assert_eq!(most.load(Ordering::Relaxed), UNDER_WAY);
    assert_eq!(server.metrics().connections, 0, "all are closed");
}

#[test]
fn an_open_loop_makes_as_many_calls_as_were_due() {
    let server = start_server();
    for (spacing, threads) in [("random", "1"), ("even", "2")] {
        let before = seen(&server, Hook::MessagePublish);
        let finished = bench(
            &server,
            &[
                "--rate",
                "2000",
                "--seconds",
                "0.25",
                "--spacing",
                spacing,
                "--threads",
                threads,
                "--json",
            ],
        );
        assert_eq!(finished.code, Some(0), "{finished:?}");
        let report = json(&finished);
        assert_eq!(report["calls"], 500, "{report}");
        assert_eq!(report["verdicts"]["replace"], 500);
        assert_eq!(seen(&server, Hook::MessagePublish) - before, 500);
        assert!(report["sent_late_us"]["max"].is_number(), "{report}");
    }
}

#[test]
fn an_open_loop_goes_on_after_a_warm_up_whose_connections_end_in_any_order() {
    let slow = Mutex::new(None::<String>);
    let server = serve(Hook::ClientAuthorize, move |call| {
        let clientid = call.request().clientid().to_owned();
        if *slow
            .lock()
            .expect("no panic")
            .get_or_insert(clientid.clone())
            != clientid
        {
            return call.reply(Verdict::Allow).expect("in time");
        }
        // The connection of the first call is the last to end.
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(500));
            call.reply(Verdict::Allow).expect("in time");
        });
    });
    let address = server.address().to_string();
    let finished = exhook([
        "bench",
        "--to",
        &address,
        "--hook",
        "client.authorize",
        "--warm-up",
        "0.3",
        "--seconds",
        "0.5",
        "--rate",
        "200",
        "--spacing",
        "even",
        "--connections",
        "4",
        "--clients",
        "20",
        "--json",
    ]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(json(&finished)["verdicts"]["allow"], 100);
}

#[test]
fn a_stall_shows_in_every_call_that_it_delays() {
    const STALL: Duration = Duration::from_millis(400);
    let calls = AtomicUsize::new(0);
    // The I/O thread itself is blocked, so nothing is answered meanwhile.
    let server = serve(Hook::ClientAuthorize, move |call| {
        if calls.fetch_add(1, Ordering::Relaxed) == 50 {
            thread::sleep(STALL);
        }
        call.reply(Verdict::Allow).expect("in time");
    });
    let finished = bench(
        &server,
        &[
            "--hook",
            "client.authorize",
            "--connections",
            "1",
            "--rate",
            "500",
            "--seconds",
            "1",
            "--spacing",
            "even",
            "--json",
        ],
    );
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let report = json(&finished);
    assert_eq!(report["calls"], 500);
    // Half of the 200 calls that were due during the stall had half of it or more to wait.
    let delayed: u64 = report["buckets"]
        .as_array()
        .expect("buckets")
        .iter()
        .filter(|bucket| bucket["up_to_us"].as_f64() >= Some(200_000.0))
        .map(|bucket| bucket["count"].as_u64().expect("a number"))
        .sum();
    assert!(delayed >= 100, "{delayed} of {report}");
    assert!(
        report["latency_us"]["max"].as_f64() >= Some(400_000.0),
        "{report}"
    );
}

#[test]
fn clients_of_one_connection_have_one_call_under_way_each() {
    let under_way = Arc::new(Mutex::new(Vec::<String>::new()));
    let (sender, calls) = channel::<Call>();
    let server = {
        let under_way = Arc::clone(&under_way);
        serve(Hook::ClientAuthenticate, move |call| {
            let mut under_way = under_way.lock().expect("no panic");
            let clientid = call.request().clientid().to_owned();
            assert!(
                !under_way.contains(&clientid),
                "{clientid} has a call already"
            );
            under_way.push(clientid);
            sender.send(call).expect("the test listens");
        })
    };
    let answering = thread::spawn(move || {
        for call in calls {
            let mut under_way = under_way.lock().expect("no panic");
            under_way.retain(|clientid| clientid != call.request().clientid());
            call.reply(Verdict::Allow).expect("in time");
        }
    });
    let finished = bench(
        &server,
        &[
            "--hook",
            "client.authenticate",
            "--connections",
            "1",
            "--streams",
            "8",
            "--clients",
            "9",
            "--calls",
            "500",
            "--json",
        ],
    );
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(json(&finished)["verdicts"]["allow"], 500);
    server.stop().expect("not stopped before");
    drop(server);
    answering.join().expect("no panic");
}

#[test]
fn a_report_has_percentiles_verdicts_and_bars() {
    let server = start_server();
    let finished = bench(&server, &["--calls", "300", "--payload-bytes", "40000"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    for part in [
        "message.publish of package v3",
        "8 connections × 16 streams",
        "mean",
        "p99.9",
        "verdicts: replace 300",
        "300 calls in ",
        "█",
        "all fine\n",
    ] {
        assert!(
            finished.stdout.contains(part),
            "{part}: {}",
            finished.stdout
        );
    }
    let quiet = bench(&server, &["--calls", "10", "--quiet"]);
    assert_eq!(
        (quiet.code, quiet.stdout.as_str()),
        (Some(0), ""),
        "{quiet:?}"
    );
}

#[test]
fn json_has_the_shape_that_scripts_read() {
    let server = start_server();
    let finished = bench(
        &server,
        &[
            "--calls",
            "100",
            "--streams",
            "2",
            "--connections",
            "4",
            "--json",
        ],
    );
    let report = json(&finished);
    assert_eq!(report["hook"], "message.publish");
    assert_eq!(report["package"], "v3");
    assert_eq!(report["loop"], "closed");
    assert_eq!(
        (&report["connections"], &report["streams"]),
        (&4.into(), &2.into())
    );
    assert_eq!(
        (&report["rate"], &report["sent_late_us"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (&report["clients"], &report["payload_bytes"]),
        (&1000.into(), &64.into())
    );
    assert_eq!(
        (&report["interrupted"], &report["ended_early"]),
        (&false.into(), &Value::Null)
    );
    assert_eq!(report["reasons"], Value::Array(Vec::new()));
    for figure in ["mean", "p50", "p90", "p99", "p99_9", "max"] {
        assert!(
            report["latency_us"][figure].as_f64() > Some(0.0),
            "{figure}: {report}"
        );
    }
    assert!(report["calls_per_second"].as_f64() > Some(0.0), "{report}");
    let buckets = report["buckets"].as_array().expect("buckets");
    let counted: u64 = buckets
        .iter()
        .filter_map(|bucket| bucket["count"].as_u64())
        .sum();
    assert_eq!(counted, 100, "every call is in a bucket");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_load_with_what_was_measured() {
    let (sender, called) = channel();
    let silent = AtomicUsize::new(0);
    // Answers some and keeps the others waiting: the end does not depend on them.
    let server = serve(Hook::ClientAuthenticate, move |call| {
        if silent.fetch_add(1, Ordering::Relaxed) < 100 {
            call.reply(Verdict::Allow).expect("in time");
        } else {
            sender.send(call).expect("the test listens");
        }
    });
    let child = Command::new(env!("CARGO_BIN_EXE_exhook"))
        .args(["bench", "--hook", "client.authenticate", "--to"])
        .arg(server.address().to_string())
        .args(["--warm-up", "0", "--seconds", "600", "--json"])
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child.expect("the binary runs");
    let _kept = called.recv().expect("a call that is not answered");
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(killed.expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    let mut report = String::new();
    let mut stdout = child.stdout.take().expect("piped");
    stdout.read_to_string(&mut report).expect("text");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["interrupted"], true);
    assert!(report["calls"].as_u64() >= Some(101), "{report}");
}
