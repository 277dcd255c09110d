//! The scenarios of `examples/scenarios` come out as they say.

use std::{fs, path::PathBuf};

use super::{program::start, support::exhook};

#[test]
fn each_example_meets_its_own_expectations() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/scenarios");
    let mut examples: Vec<_> = fs::read_dir(folder)
        .expect("the examples")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    examples.sort();
    assert!(examples.len() >= 6, "{examples:?}");
    for example in examples {
        let name = example.display().to_string();
        let play = || {
            let server = start();
            exhook(["simulate", &name, "--to", &server.address().to_string()])
        };
        // They go by the clock: what a machine that stands still makes of one is no fault.
        let mut finished = play();
        for _ in 0..3 {
            if finished.code != Some(0) {
                finished = play();
            }
        }
        assert_eq!(
            finished.code,
            Some(0),
            "{name}: {}{}",
            finished.stdout,
            finished.stderr
        );
    }
}
