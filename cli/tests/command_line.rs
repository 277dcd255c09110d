//! What all verbs have in common, and `exhook completions`, read by a shell.

use std::process::{Command, Output};

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

fn exhook(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_exhook"))
        .args(arguments)
        .output()
        .expect("the binary")
}

fn script(shell: &str) -> String {
    let output = exhook(&["completions", shell]);
    assert_eq!(output.status.code(), Some(0), "{shell}");
    String::from_utf8(output.stdout).expect("a text")
}

/// The verbs in the help of the command, but `help`.
fn verbs() -> Vec<String> {
    let help = String::from_utf8(exhook(&["--help"]).stdout).expect("a text");
    let (_, listed) = help.split_once("Commands:\n").expect("a list of verbs");
    listed
        .lines()
        .take_while(|line| !line.is_empty())
        // A longer line goes on further to the right.
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_help_of_every_verb_shows_examples_and_exit_codes_and_offers_json() {
    let verbs = verbs();
    assert!(verbs.len() >= 8, "{verbs:?}");
    for verb in verbs {
        let output = exhook(&[&verb, "--help"]);
        let help = String::from_utf8(output.stdout).expect("a text");
        let (_, examples) = help.split_once("Examples:").expect(&verb);
        assert!(examples.contains(&format!("\n  exhook {verb} ")), "{verb}");
        assert!(help.contains("Exit codes:\n  0 "), "{verb}");
        assert!(help.contains("--json") || verb == "completions", "{verb}");
    }
}

#[test]
fn every_shell_gets_every_verb_and_its_options() {
    for shell in SHELLS {
        let script = script(shell);
        for word in [
            "replay",
            "simulate",
            "record",
            "bench",
            "check",
            "register",
            "certs",
            "top",
            "emqx-version",
        ] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn bash_understands_its_script_and_completes_a_verb() {
    let words =
        "COMP_WORDS=(exhook rep); COMP_CWORD=1; _exhook exhook rep exhook; echo ${COMPREPLY[@]}";
    let output = Command::new("bash")
        .args(["--noprofile", "--norc", "-c"])
        .arg(format!("{}\n{words}", script("bash")))
        .output()
        .expect("bash");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "replay");
}

#[test]
fn an_unknown_shell_is_refused_with_those_that_are_known() {
    let output = exhook(&["completions", "tcsh"]);
    assert_eq!(output.status.code(), Some(2));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        SHELLS.iter().all(|shell| complaint.contains(shell)),
        "{complaint}"
    );
}
