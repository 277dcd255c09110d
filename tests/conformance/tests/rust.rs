//! The cases against the runner of Rust, and what the report says of a program that is at fault.

use std::{fs, path::PathBuf};

use exhook_conformance::{CASES, Choice, Outcome, Report, RunnerCommand, Suite, play};

async fn played(suite: &Suite) -> Report {
    let command = RunnerCommand::new(env!("CARGO_BIN_EXE_exhook-conformance-rust"))
        .expect("a path without quotation marks");
    let choice = Choice {
        names: Vec::new(),
        jobs: 4,
    };
    play(suite, &command, &choice).await.expect("a runner")
}

/// A folder with one file of cases, removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn with(name: &str, cases: &str) -> Self {
        let path = std::env::temp_dir().join(format!("exhook-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        fs::write(path.join("cases.toml"), cases).expect("a file");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rust_program_is_what_brokers_rely_on() {
    let suite = Suite::read(CASES.as_ref()).expect("cases");
    let report = played(&suite).await;
    assert!(report.runs.len() > 1_000, "{report}");
    assert_eq!(report.failed().count(), 0, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_at_fault_is_told_with_what_was_expected() {
    let folder = Folder::with(
        "at-fault",
        r#"
        [[group]]
        name = "g"
        [[group.handler]]
        hook = "client.authenticate"
        answer = "deny"
        [[group.case]]
        name = "answer"
        brokers = ["5.8.9"]
        steps = [
          { call = "client.authenticate", about = { client = "c" }, expect = { understood = "allow" } },
        ]
        [[group.case]]
        name = "calls"
        brokers = ["5.8.9"]
        steps = [
          { call = "client.authenticate", about = { client = "c" } },
          { called = ["client.authenticate client=d"] },
        ]
        [[group.case]]
        name = "experience"
        brokers = ["5.8.9"]
        steps = [{ do = "connect", client = "c", expect = { accepted = true } }]
        "#,
    );
    let suite = Suite::read(&folder.0).expect("cases");
    let report = played(&suite).await;
    let failures: Vec<_> = report
        .failed()
        .filter(|run| run.kind == "sync")
        .map(|run| match &run.outcome {
            Outcome::Failed(why) => format!("{}: {why}", run.name),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(failures.len(), 3, "{report}");
    for (failure, words) in failures.iter().zip([
        [
            "cases: g: answer [5.8.9]",
            "step 0",
            "\"deny\", expected \"allow\"",
        ],
        ["cases: g: calls [5.8.9]", "client=c", "client=d"],
        ["cases: g: experience [5.8.9]", "accepted", "expected true"],
    ]) {
        for word in words {
            assert!(failure.contains(word), "{word}: {failure}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_runner_is_told_so() {
    let suite = Suite::read(CASES.as_ref()).expect("cases");
    let choice = Choice {
        names: Vec::new(),
        jobs: 1,
    };
    for (command, words) in [
        ("no-such-program", "cannot start the runner no-such-program"),
        ("echo hello", "its first line is not: runner LANGUAGE"),
    ] {
        let command = RunnerCommand::new(command).expect("words");
        let error = play(&suite, &command, &choice)
            .await
            .expect_err("no runner");
        assert!(error.contains(words), "{error}");
    }
    assert!(RunnerCommand::new("'").is_err());
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_the_key() {
    let folder = Folder::with("bad-key", "[[group]]\nname = \"g\"\ncases = []\n");
    let error = Suite::read(&folder.0)
        .expect_err("an unknown key")
        .to_string();
    for word in ["cases.toml", "cases", "line 3"] {
        assert!(error.contains(word), "{error}");
    }
    let nowhere = Suite::read("no/such/folder".as_ref()).expect_err("nothing there");
    assert!(nowhere.to_string().contains("no/such/folder"), "{nowhere}");
}

/// The README's list of facts is that of the cases.
#[test]
fn every_fact_stands_in_the_readme_with_its_cases() {
    let suite = Suite::read(CASES.as_ref()).expect("cases");
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = fs::read_to_string(readme).expect("a README");
    let listed = readme.split_once("## Facts\n\n").map(|(_, list)| list);
    assert_eq!(
        listed,
        Some(suite.facts().as_str()),
        "put what `exhook-conformance --facts` prints at the end of tests/conformance/README.md"
    );
}
