//! [`Rotation`]: putting a full file aside.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

/// When a file is put aside, and how many are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rotation {
    pub(crate) max_bytes: u64,
    /// How many files are kept beside the newest: `path.1` is the one before it.
    pub(crate) files: usize,
}

impl Rotation {
    /// Makes room for a new file at `path`; the oldest one goes where there are too many.
    pub(super) fn put_aside(self, path: &Path) -> io::Result<()> {
        if self.files == 0 {
            return fs::remove_file(path);
        }
        // Up to the first number that is free, so that gaps do not push the oldest out.
        let last = (1..self.files).find(|number| !numbered(path, *number).exists());
        for number in (1..last.unwrap_or(self.files)).rev() {
            fs::rename(numbered(path, number), numbered(path, number + 1))?;
        }
        fs::rename(path, numbered(path, 1))
    }
}

fn numbered(path: &Path, number: usize) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{number}"));
    name.into()
}
