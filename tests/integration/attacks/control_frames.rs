//! Floods of frames that ask nothing.

use super::{
    attacker::{Attacker, call, frame},
    broker::Broker,
    victim::Victim,
};
use crate::frames::{PING, SETTINGS};

const PRIORITY: u8 = 2;
const UNKNOWN: u8 = 0xbe;
const INITIAL_WINDOW_SIZE: u16 = 4;
const IN_A_BATCH: u32 = 100;

/// Frames that are answered, or passed over, at no cost to who sends them: its connection ends, and
/// until then the broker has its turn.
async fn is_sent_away(unit: &[u8], fewest: u32) {
    let victim = Victim::start(&[]);
    let broker = Broker::start(&victim).await;
    let (before, _) = victim.memory();
    let batch = unit.repeat(IN_A_BATCH as usize);
    let attacks: Vec<_> = (0..8)
        .map(|_| {
            let (address, batch) = (victim.address, batch.clone());
            std::thread::spawn(move || {
                let mut attacker = Attacker::connect(address);
                attacker.flood(1_000_000, |_| batch.clone())
            })
        })
        .collect();
    for attack in attacks {
        let batches = attack.join().expect("it is sent away");
        assert!(batches >= fewest / IN_A_BATCH, "{batches} batches");
    }
    victim.until_connections(1).await;
    assert_eq!(victim.refused("flood"), 8);
    broker.finish().await;
    let (_, most) = victim.memory();
    assert!(most < before + 64, "{most} MiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn pings_whose_answers_nobody_reads_are_sent_away() {
    is_sent_away(&frame(PING, 0, 0, &[7; 8]), 20_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_whose_answers_nobody_reads_are_sent_away() {
    is_sent_away(&frame(SETTINGS, 0, 0, &[]), 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_without_a_meaning_are_sent_away() {
    let priority = frame(PRIORITY, 0, 3, &[0, 0, 0, 0, 16]);
    let unknown = frame(UNKNOWN, 0, 0, &[0; 5]);
    is_sent_away(&[priority, unknown].concat(), 10_000).await;
}

/// Each change of the window makes the server look at every stream.
#[tokio::test(flavor = "multi_thread")]
async fn windows_that_change_all_the_time_are_sent_away() {
    let victim = Victim::start(&[]);
    let broker = Broker::start(&victim).await;
    let mut attacker = Attacker::connect(victim.address);
    attacker.send_all(5_000, |number| call(number, "OnClientAuthenticate"));
    attacker.flood(1_000_000, |number| {
        let mut window = INITIAL_WINDOW_SIZE.to_be_bytes().to_vec();
        window.extend((number % 2 * 60_000).to_be_bytes());
        frame(SETTINGS, 0, 0, &window)
    });
    drop(attacker);
    victim.until_connections(1).await;
    assert_eq!(victim.refused("flood"), 1);
    broker.finish().await;
}
