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
        let server = start();
        let name = example.display().to_string();
        let finished = exhook(["simulate", &name, "--to", &server.address().to_string()]);
        assert_eq!(
            finished.code,
            Some(0),
            "{name}: {}{}",
            finished.stdout,
            finished.stderr
        );
    }
}
