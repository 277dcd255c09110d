//! [`OutFile`]: the recording that is written.

use std::{
    fs::{File, OpenOptions},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::PathBuf,
};

use clap::Args;

use crate::recording::Recording;

/// The file that is written, as it stands on the command line.
#[derive(Debug, Args)]
pub(super) struct OutArguments {
    /// The recording to write; its name should end with .calls.jsonl
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// Add to the recording, if it is there already
    #[arg(long, conflicts_with = "force")]
    append: bool,
    /// Overwrite the file, if it is there already
    #[arg(long)]
    force: bool,
}

/// A file of lines. A line is in it as a whole or not at all.
pub(super) struct OutFile {
    file: File,
    length: u64,
    /// When the last call began that was in it before, in seconds since the recording did.
    pub(super) continues_at: f64,
}

impl OutArguments {
    /// Opens or creates the file. The error says what is wrong, and what to do.
    pub(super) fn open(&self) -> Result<OutFile, String> {
        let path = &self.out;
        let cannot = |error: io::Error| format!("cannot write {}: {error}", path.display());
        let mut options = OpenOptions::new();
        match (self.append, self.force) {
            (true, _) => options.append(true).create(true),
            (_, true) => options.write(true).create(true).truncate(true),
            _ => options.write(true).create_new(true),
        };
        let file = options.open(path).map_err(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                let path = path.display();
                format!(
                    "{path} is there already; --append adds to it, --force overwrites it, \
                     or name another file with --out"
                )
            } else {
                cannot(error)
            }
        })?;
        let length = file.metadata().map_err(cannot)?.len();
        let mut opened = OutFile {
            file,
            length,
            continues_at: 0.0,
        };
        if length > 0 && self.append {
            let before = Recording::read(path)?;
            let last = before.calls.last();
            opened.continues_at = last.map_or(0.0, |call| call.at.max(0.0));
            // The last line of a file that was edited by hand may not end.
            if !before.ends_with_line_break {
                opened.write("\n").map_err(cannot)?;
            }
        }
        Ok(opened)
    }
}

impl OutFile {
    /// Writes a text that ends with a line break, at once.
    pub(super) fn write(&mut self, text: &str) -> io::Result<()> {
        let written = self.file.write_all(text.as_bytes());
        match &written {
            Ok(()) => self.length += text.len() as u64,
            Err(_) => {
                // A part of a line would spoil the file; what is no file cannot be cut.
                let _ = self.file.set_len(self.length);
                let _ = self.file.seek(SeekFrom::Start(self.length));
            }
        }
        written
    }
}
