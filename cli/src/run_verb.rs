//! [`RunVerb`]: the verb `run`, which the packages for Python and Node.js have beside these.

use clap::{Arg, Command, ValueHint};

/// What the command line tells of the verb `run`, which it does not do itself.
#[derive(Clone, Debug)]
pub struct RunVerb {
    /// What it serves, such as `MODULE:APP`.
    pub target: String,
    /// What it does, in one line.
    pub about: String,
    /// Its flags, such as `--timeout-ms`.
    pub flags: Vec<String>,
}

impl RunVerb {
    /// The verb as clap has it.
    pub(crate) fn command(&self) -> Command {
        let flags = self.flags.iter().map(|flag| {
            let name = flag.trim_start_matches('-').to_owned();
            Arg::new(name.clone()).long(name).num_args(0..=1)
        });
        let target = Arg::new("target")
            .value_name(self.target.clone())
            .value_hint(ValueHint::FilePath);
        Command::new("run")
            .about(self.about.clone())
            .arg(target)
            .args(flags)
    }
}
