//! The fuzz targets, run over recorded requests and connections, and over thousands of damaged copies
//! of them.

use exhook::{
    Hook,
    testing::fuzz::{answer_publish, decode_request, http2},
};

use crate::{
    raw_tcp_replay::recorded::recorded,
    recordings::{BROKERS, calls_of},
};

const DAMAGED_COPIES: u64 = 40;

/// Small, quick and the same on every run (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).expect("below a usize")
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    fn damage(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let position = self.below(bytes.len());
            match self.below(4) {
                0 => bytes.truncate(position),
                1 => bytes.insert(position, self.byte()),
                2 if !bytes.is_empty() => {
                    bytes.remove(position);
                }
                _ if !bytes.is_empty() => bytes[position] = self.byte(),
                _ => {}
            }
        }
    }
}

fn run_with_damaged_copies(seeds: &[Vec<u8>], target: fn(&[u8])) {
    let mut random = Random(1);
    for seed in seeds {
        target(seed);
        for _ in 0..DAMAGED_COPIES {
            let mut copy = seed.clone();
            random.damage(&mut copy);
            target(&copy);
        }
    }
}

#[test]
fn no_bytes_make_decoding_panic() {
    let seeds: Vec<Vec<u8>> = BROKERS
        .iter()
        .flat_map(|broker| calls_of(broker))
        .map(|call| [&[call.package as u8, call.hook as u8], &call.body[..]].concat())
        .collect();
    assert!(seeds.len() > 1_000);
    run_with_damaged_copies(&seeds, decode_request);
}

#[test]
fn no_bytes_make_an_answer_that_a_broker_cannot_read() {
    let mut seeds = Vec::new();
    for call in calls_of("5.9.2") {
        if call.hook != Hook::MessagePublish {
            continue;
        }
        // The request's first field is the message: a key, a length of one or two bytes, and it.
        let length_bytes = if call.body[1] < 0x80 { 1 } else { 2 };
        for flags in 0..16 {
            let head = [flags, 3, b'a', b'/', b'b'];
            seeds.push([&head[..], &call.body[1 + length_bytes..]].concat());
        }
    }
    assert!(seeds.len() > 100);
    run_with_damaged_copies(&seeds, answer_publish);
}

#[test]
fn no_bytes_break_a_connection() {
    let mut seeds = Vec::new();
    for broker in BROKERS {
        for (number, pieces) in recorded(&format!("emqx-{broker}.tcp.jsonl")) {
            // They begin with the preface, which is then not put in front of them.
            let choices = u64::from(number) << 1 | 1;
            seeds.push([&choices.to_le_bytes()[..], &pieces.concat()].concat());
        }
    }
    assert!(seeds.len() > 10);
    run_with_damaged_copies(&seeds, http2);
}
