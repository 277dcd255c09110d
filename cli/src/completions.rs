//! `exhook completions`: what a shell needs to complete the command.

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use crate::{SUCCESS, output};

const DETAILS: &str = "\
Prints a script that makes a shell complete the commands and options of exhook.

Examples:
  exhook completions bash > ~/.local/share/bash-completion/completions/exhook
  exhook completions zsh > ~/.zfunc/_exhook
                        with fpath+=~/.zfunc before compinit in ~/.zshrc
  exhook completions fish > ~/.config/fish/completions/exhook.fish
  exhook completions powershell >> $PROFILE

Exit codes:
  0    the script was printed
  2    wrong usage";

/// Print a script that makes a shell complete this command
#[derive(Debug, Args)]
#[command(after_help = DETAILS)]
pub(crate) struct CompletionsArguments {
    /// The shell to write for
    shell: Shell,
}

/// Prints the script for `command`.
pub(crate) fn run(arguments: &CompletionsArguments, mut command: Command) -> i32 {
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "exhook", &mut script);
    output::print(&String::from_utf8_lossy(&script));
    SUCCESS
}
