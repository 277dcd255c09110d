//! Wrong input, and what is said about it.

use super::{
    runner::{ScenarioFile, simulate},
    support::exhook,
};

/// Nobody has to listen there: mistakes are told before anybody is called.
const NOBODY: &str = "127.0.0.1:1";

fn told(name: &str, text: &str) -> String {
    let scenario = ScenarioFile::new(name, text);
    let finished = simulate(&scenario, NOBODY, &[]);
    assert_eq!(finished.code, Some(2), "{text}: {finished:?}");
    assert!(finished.stdout.is_empty(), "{finished:?}");
    finished.stderr.replace(scenario.path(), "FILE")
}

#[test]
fn an_unknown_key_is_told_with_file_line_and_the_nearest_right_word() {
    let toml = "[[clients]]\ncount = 2\nclientid = \"c-{n}\"\nusernam = \"u\"\n";
    let message = told("key.toml", toml);
    assert!(
        message.starts_with("error: FILE:4:1: unknown key `usernam`; did you mean username?"),
        "{message}"
    );
    let yaml = "clients:\n  - count: 2\nsteps:\n  - at: 1s\n    do: restrt\n";
    let message = told("word.yaml", yaml);
    assert!(message.contains("FILE:5:"), "{message}");
    assert!(
        message.contains("`restrt`; did you mean restart?"),
        "{message}"
    );
    let message = told("expect.toml", "[[clients]]\n[expect]\nacepted = 1\n");
    assert!(
        message.starts_with("error: FILE:3:1: unknown key `acepted`; did you mean accepted?"),
        "{message}"
    );
}

/// File, text, where the mistake is, and what is said about it.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("syntax.toml", "[[clients]\n", "FILE:1:", ""),
    ("syntax.yaml", "clients: [\n", "FILE:", ""),
    (
        "type.toml",
        "[[clients]]\ncount = \"two\"\n",
        "FILE:2:9",
        "expected u32",
    ),
    (
        "time.toml",
        "duration = \"5\"\n",
        "FILE:1:12",
        "500ms, 5s or 1m",
    ),
    (
        "place.toml",
        "[[clients]]\nusername = \"{clientld}\"\n",
        "FILE:2:12",
        "did you mean clientid?",
    ),
    (
        "none.toml",
        "seed = 1\n",
        "there are no clients",
        "[[clients]]",
    ),
    (
        "count.toml",
        "[[clients]]\ncount = 2\nclientid = \"one\"\n",
        "clients[0]",
        "{n}",
    ),
    (
        "node.toml",
        "[[clients]]\nnode = 2\n",
        "clients[0]",
        "nodes 1 to 1",
    ),
    (
        "reconnect.toml",
        "[[clients]]\nreconnect = \"0s\"\n",
        "clients[0]",
        "at least 1ms",
    ),
    (
        "topic.toml",
        "[[clients]]\npublish = [{topic = \"a/#\"}]\n",
        "clients[0]: publish[0]",
        "'#'",
    ),
    (
        "both.toml",
        "[[clients]]\npublish = [{topic = \"a\", rate = 1.0, every = \"1s\"}]\n",
        "publish[0]",
        "leave one",
    ),
    (
        "step.toml",
        "[[clients]]\n[[steps]]\nat = \"1s\"\ndo = \"cut\"\ncount = 1\n",
        "steps[0]",
        "takes no `count`",
    ),
    (
        "needs.toml",
        "[[clients]]\n[[steps]]\nat = \"1s\"\ndo = \"delay\"\n",
        "steps[0]",
        "needs `delay`",
    ),
    (
        "group.toml",
        "[[clients]]\nname = \"a1\"\n[[steps]]\nat = \"1s\"\ndo = \"connect\"\nclients = \"a2\"\n",
        "steps[0]",
        "did you mean a1?",
    ),
    (
        "late.toml",
        "duration = \"1s\"\n[[clients]]\n[[steps]]\nat = \"2s\"\ndo = \"cut\"\n",
        "steps",
        "duration longer",
    ),
    (
        "hook.toml",
        "[[clients]]\n[expect.calls]\n\"client.conect\" = 1\n",
        "expect.calls",
        "did you mean client.connect?",
    ),
    (
        "twice.toml",
        "[[provider]]\nname = \"a\"\nurl = \"127.0.0.1:1\"\n[[provider]]\nname = \"a\"\nurl = \"127.0.0.1:1\"\n[[clients]]\n",
        "broker",
        "own name",
    ),
    (
        "pace.toml",
        "[broker]\npace = 0.0\n[[clients]]\n",
        "broker",
        "above 0",
    ),
];

#[test]
fn values_without_a_meaning_are_told_with_their_place() {
    for (name, text, place, problem) in MISTAKES {
        let message = told(name, text);
        assert!(
            message.contains(place) && message.contains(problem),
            "{name}: {message}"
        );
    }
}

#[test]
fn what_cannot_be_run_says_what_to_do() {
    for (arguments, advice) in [
        (&["simulate"][..], "--to"),
        (
            &["simulate", "absent.toml", "--to", NOBODY],
            "cannot read the scenario absent.toml",
        ),
        (&["simulate", "--to", "ftp://x"], "http://host:port"),
        (
            &["simulate", "--to", NOBODY, "--emqx-version", "4.2"],
            "4.3 or newer",
        ),
        (&["simulate", "--to", NOBODY, "--rate", "0"], "rate is 0"),
        (&["simulate", "--to", NOBODY, "--duration", "5"], "500ms"),
        (
            &["simulate", "--to", NOBODY, "--package", "v9"],
            "v1, v2 or v3",
        ),
        (
            &["simulate", "--to", NOBODY, "--payload", "{sek}"],
            "did you mean seq?",
        ),
    ] {
        let finished = exhook(arguments);
        assert_eq!(finished.code, Some(2), "{arguments:?}: {finished:?}");
        assert!(finished.stderr.contains(advice), "{advice}: {finished:?}");
    }
    let other = ScenarioFile::new("scenario.txt", "seed = 1\n");
    let finished = simulate(&other, NOBODY, &[]);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(
        finished.stderr.contains(".toml, .yaml, .yml or .json"),
        "{finished:?}"
    );
    let silent = ScenarioFile::new("silent.toml", "[[clients]]\n");
    let finished = simulate(&silent, NOBODY, &["--rate", "5"]);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(finished.stderr.contains("publish nothing"), "{finished:?}");
}
