//! [`LineFile`]: lines appended to a file that may be moved, removed or full.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use super::Rotation;

/// Lines that were not written, and why.
#[derive(Debug)]
pub(crate) struct LinesLost {
    pub(crate) lines: u64,
    pub(crate) error: io::Error,
}

/// A file of whole lines. Where it was moved or removed from outside, a new one is begun; after a
/// failure the next write tries again.
pub(crate) struct LineFile {
    path: PathBuf,
    rotation: Option<Rotation>,
    open: Option<Open>,
    pending: Vec<u8>,
}

struct Open {
    file: File,
    size: u64,
    /// From which size on the file is put aside.
    full_at: u64,
    /// Whether the file ends within a line, because there was no room for more.
    is_torn: bool,
}

impl LineFile {
    /// Opens the file, or creates it.
    ///
    /// # Errors
    ///
    /// When it cannot be written to.
    pub(crate) fn open(path: impl Into<PathBuf>, rotation: Option<Rotation>) -> io::Result<Self> {
        let path = path.into();
        let open = Open::at(&path, rotation)?;
        Ok(Self {
            path,
            rotation,
            open: Some(open),
            pending: Vec::new(),
        })
    }

    /// Where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a line, without its end, to those that [`write`](Self::write) writes.
    pub(crate) fn add(&mut self, line: &str) -> Result<(), LinesLost> {
        let more = self.pending.len() as u64 + line.len() as u64 + 1;
        let is_full = |open: &Open| {
            let is_begun = open.size > 0 || more > line.len() as u64 + 1;
            is_begun && open.size.saturating_add(more) > open.full_at
        };
        let mut result = Ok(());
        if self.open.as_ref().is_some_and(is_full) {
            result = self.write().and_then(|()| self.rotate());
        }
        self.pending.extend_from_slice(line.as_bytes());
        self.pending.push(b'\n');
        result
    }

    /// Writes the lines that were added.
    ///
    /// # Errors
    ///
    /// When some of them could not be written; they are lost.
    pub(crate) fn write(&mut self) -> Result<(), LinesLost> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let written = self.try_write();
        let result = written.map_err(|(from, error)| {
            let rest = &self.pending[from..];
            let lines = rest.split(|byte| *byte == b'\n').count() as u64 - 1;
            LinesLost { lines, error }
        });
        self.pending.clear();
        result
    }

    /// Writes what is pending; on failure, how much of it was written.
    fn try_write(&mut self) -> Result<(), (usize, io::Error)> {
        if let Some(open) = &mut self.open
            && !open.is_at(&self.path)
        {
            self.open = None;
        }
        let open = match &mut self.open {
            Some(open) => open,
            none => none.insert(Open::at(&self.path, self.rotation).map_err(|error| (0, error))?),
        };
        open.append(&self.pending)
    }

    fn rotate(&mut self) -> Result<(), LinesLost> {
        let Some(rotation) = self.rotation else {
            return Ok(());
        };
        let rotated = rotation
            .put_aside(&self.path)
            .and_then(|()| Open::at(&self.path, self.rotation));
        match rotated {
            Ok(open) => {
                self.open = Some(open);
                Ok(())
            }
            Err(error) => {
                // No line is lost: the file grows on, and is tried again when it has doubled.
                if let Some(open) = &mut self.open {
                    open.full_at = open.size.saturating_add(rotation.max_bytes);
                }
                Err(LinesLost { lines: 0, error })
            }
        }
    }
}

impl Open {
    fn at(path: &Path, rotation: Option<Rotation>) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let metadata = file.metadata()?;
        let is_file = metadata.is_file();
        Ok(Self {
            file,
            size: metadata.len(),
            full_at: rotation
                .filter(|_| is_file)
                .map_or(u64::MAX, |rotation| rotation.max_bytes),
            is_torn: is_file && metadata.len() > 0 && !ends_with_line(path),
        })
    }

    /// Whether this file is still the one at `path`, and how large it is now.
    fn is_at(&mut self, path: &Path) -> bool {
        let (Ok(there), Ok(here)) = (path.metadata(), self.file.metadata()) else {
            return false;
        };
        self.size = here.len();
        is_same(&there, &here)
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), (usize, io::Error)> {
        if self.is_torn {
            self.file.write_all(b"\n").map_err(|error| (0, error))?;
            self.is_torn = false;
            self.size += 1;
        }
        let mut from = 0;
        while from < bytes.len() {
            let written = match self.file.write(&bytes[from..]) {
                Ok(0) => Err(io::ErrorKind::WriteZero.into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other,
            };
            let count = written.map_err(|error| (from, error))?;
            from += count;
            self.size += count as u64;
            self.is_torn = bytes[from - 1] != b'\n';
        }
        Ok(())
    }
}

fn ends_with_line(path: &Path) -> bool {
    let last = || -> io::Result<u8> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        Ok(last[0])
    };
    // A file that cannot be read may end anywhere; a blank line too many is harmless.
    last().is_ok_and(|last| last == b'\n')
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(all(test, not(exhook_loom)))]
mod tests {
    use std::fs;

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("exhook-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder for temporary files");
        folder
    }

    #[test]
    fn full_files_are_put_aside_and_the_oldest_go() {
        let folder = folder("rotation");
        let path = folder.join("lines");
        let rotation = Rotation {
            max_bytes: 10,
            files: 2,
        };
        let mut file = LineFile::open(&path, Some(rotation)).expect("a new file");
        for number in 1..=7 {
            file.add(&format!("line{number}")).expect("room");
        }
        file.add("longer than a file may be").expect("room");
        file.add("line9").expect("room");
        file.write().expect("room");
        let text = |name: &str| fs::read_to_string(folder.join(name)).ok();
        assert_eq!(text("lines").as_deref(), Some("line9\n"));
        let longer = "longer than a file may be\n";
        assert_eq!(text("lines.1").as_deref(), Some(longer));
        assert_eq!(text("lines.2").as_deref(), Some("line7\n"));
        assert_eq!(text("lines.3"), None);
        fs::remove_dir_all(folder).expect("nobody else removes it");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_was_moved_removed_or_torn_is_begun_anew() {
        let folder = folder("reopen");
        let path = folder.join("lines");
        fs::write(&path, "torn").expect("a new file");
        let mut file = LineFile::open(&path, None).expect("it is there");
        let mut write = |line: &str| {
            file.add(line).expect("no rotation");
            file.write()
        };
        write("one").expect("room");
        assert_eq!(fs::read_to_string(&path).expect("text"), "torn\none\n");
        fs::rename(&path, folder.join("moved")).expect("it is there");
        write("two").expect("room");
        assert_eq!(fs::read_to_string(&path).expect("text"), "two\n");
        fs::remove_dir_all(&folder).expect("nobody else removes it");
        assert_eq!(write("three").expect_err("no folder").lines, 1);
        fs::create_dir_all(&folder).expect("a folder");
        write("four").expect("room");
        assert_eq!(fs::read_to_string(&path).expect("text"), "four\n");
        fs::remove_dir_all(folder).expect("nobody else removes it");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn where_there_is_no_room_lines_are_counted_as_lost() {
        let rotation = Rotation {
            max_bytes: 1,
            files: 1,
        };
        let mut full = LineFile::open("/dev/full", Some(rotation)).expect("Linux has it");
        full.add("one").expect("a device is never put aside");
        full.add("two").expect("a device is never put aside");
        let lost = full.write().expect_err("no room");
        assert_eq!(
            (lost.lines, lost.error.kind()),
            (2, io::ErrorKind::StorageFull)
        );
    }
}
