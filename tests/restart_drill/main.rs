//! Two instances of a hook program behind `HAProxy`, restarted under the load of brokers of every
//! generation: what fails, and for how long. `make restart-drill` does it with a crash as well.

#![allow(clippy::print_stdout)]

#[cfg(unix)]
mod haproxy;
#[cfg(unix)]
mod instance;
#[cfg(unix)]
mod traffic;

#[cfg(unix)]
mod drill {
    use std::time::{Duration, Instant};

    use crate::{haproxy::HaProxy, instance::Instance, traffic::Traffic};

    const VERSIONS: [&str; 6] = ["4.3.22", "4.4.19", "5.3.2", "5.8.8", "5.8.9", "5.9.2"];
    /// Longer than the five seconds for which brokers up to 5.8.8 leave a lost connection alone.
    const SETTLE_TIME: Duration = Duration::from_secs(8);

    /// Whether all went well, as far as it has to.
    pub(super) async fn run(kills: bool) {
        let (mut a, mut b) = (Instance::start(), Instance::start());
        let Some(proxy) = HaProxy::start([&a, &b]) else {
            println!("restart drill: HAProxy is not installed; left out");
            return;
        };
        // Until HAProxy has found both.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let mut brokers = Vec::new();
        for version in VERSIONS {
            brokers.push(Traffic::start(version, proxy.port).await);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        report("before", None, &brokers);
        println!(
            "connections: {:?} to a, {:?} to b",
            a.connections(),
            b.connections()
        );
        for (name, instance) in [("a", &mut a), ("b", &mut b)] {
            let begun = Instant::now();
            let (status, took) = tokio::task::block_in_place(|| instance.stop());
            println!("instance {name} has stopped after {took:.1?}: {status}");
            assert!(status.success(), "{status}");
            tokio::task::block_in_place(|| instance.start_again());
            tokio::time::sleep(SETTLE_TIME).await;
            report(&format!("restart of {name}"), Some(begun), &brokers);
        }
        println!(
            "connections: {:?} to a, {:?} to b",
            a.connections(),
            b.connections()
        );
        if kills {
            // It has all connections: the other one was restarted last.
            let begun = Instant::now();
            a.kill();
            tokio::time::sleep(SETTLE_TIME * 2).await;
            report("crash of a", Some(begun), &brokers);
        }
        for broker in brokers {
            let version = broker.version;
            assert!(broker.end().await, "EMQX {version} is served in the end");
        }
    }

    fn report(event: &str, begun: Option<Instant>, brokers: &[Traffic]) {
        println!(
            "{event:<14} {:>8} {:>7} {:>7} {:>7} {:>9} {:>9}",
            "EMQX", "calls", "failed", "slow", "slowest", "until"
        );
        for broker in brokers {
            let tally = broker.take();
            let until = begun.zip(tally.last_trouble);
            let until = until.map_or(Duration::ZERO, |(begun, last)| last.duration_since(begun));
            println!(
                "{:<14} {:>8} {:>7} {:>7} {:>7} {:>8.2}s {:>8.2}s",
                "",
                broker.version,
                tally.calls,
                tally.failed.values().sum::<u64>(),
                tally.slow,
                tally.slowest.as_secs_f64(),
                until.as_secs_f64(),
            );
            for (reason, count) in &tally.failed {
                println!("{:<24} {count} × {reason}", "");
            }
        }
    }
}

#[cfg(unix)]
fn main() -> Result<(), exhook::Error> {
    if let Some(ended) = instance::run_if_asked() {
        return ended;
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    let kills = words.iter().any(|word| word == "--crash");
    if !kills && !words.is_empty() {
        // Somebody runs other tests by name.
        return Ok(());
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(drill::run(kills));
    Ok(())
}

#[cfg(not(unix))]
fn main() {}
