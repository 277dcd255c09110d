//! [`Folder`]: where the files are, and are written.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::{certificate::Facts, name::Name};

/// What becomes of files that are there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// They stay, and nothing is written.
    New,
    /// The CA stays, other certificates are written anew.
    Renew,
    /// All are written anew.
    Force,
}

/// A folder of certificates.
pub(super) struct Folder<'path> {
    path: &'path Path,
    mode: Mode,
}

/// The files of a CA, as they are.
pub(super) struct AuthorityFiles {
    pub(super) certificate: String,
    pub(super) key: String,
}

impl<'path> Folder<'path> {
    pub(super) fn new(path: &'path Path, mode: Mode) -> Self {
        Self { path, mode }
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.path.join(file)
    }

    /// The CA that is to be used again, if so.
    pub(super) fn authority(&self) -> Result<Option<AuthorityFiles>, String> {
        if self.mode == Mode::Force {
            return Ok(None);
        }
        let folder = self.path.display();
        match (self.read("ca.pem")?, self.read("ca.key")?) {
            (Some(certificate), Some(key)) => Ok(Some(AuthorityFiles { certificate, key })),
            (None, None) if self.mode == Mode::Renew => Err(format!(
                "there is no CA in {folder} that could sign; leave out --renew, or name the folder \
                 that has one with --out"
            )),
            (None, None) => Ok(None),
            (Some(_), None) => Err(format!(
                "{folder} has ca.pem without ca.key, which alone can sign; add it, name another \
                 folder with --out, or write everything anew with --force"
            )),
            (None, Some(_)) => Err(format!(
                "{folder} has ca.key without ca.pem; add it, name another folder with --out, or \
                 write everything anew with --force"
            )),
        }
    }

    /// The names of the certificate that is to be renewed, if so and if it is there.
    pub(super) fn names(&self, stem: &str) -> Result<Option<Vec<Name>>, String> {
        if self.mode != Mode::Renew {
            return Ok(None);
        }
        let file = format!("{stem}.pem");
        let Some(text) = self.read(&file)? else {
            return Ok(None);
        };
        let facts = Facts::read(&text)
            .map_err(|problem| format!("{}: {problem}", self.path(&file).display()))?;
        Ok(Some(facts.names).filter(|names| !names.is_empty()))
    }

    /// The names of the brokers whose certificates are to be renewed, else of the usual one.
    pub(super) fn clients(&self) -> Result<Vec<Name>, String> {
        let mut clients = Vec::new();
        let first = self.names("client")?.unwrap_or_default();
        clients.push(first.into_iter().next().unwrap_or_else(Name::broker));
        if self.mode != Mode::Renew {
            return Ok(clients);
        }
        let entries = fs::read_dir(self.path)
            .map_err(|error| format!("cannot read {}: {error}", self.path.display()))?;
        let mut stems: Vec<String> = entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|file| file.starts_with("client-"))
            .filter_map(|file| file.strip_suffix(".pem").map(str::to_owned))
            .collect();
        stems.sort();
        for stem in stems {
            let names = self.names(&stem)?.unwrap_or_default();
            clients.extend(names.into_iter().next());
        }
        Ok(clients)
    }

    /// Writes all files, or none where one is in the way. Each appears as a whole: a program that
    /// looks for new certificates finds no half ones.
    pub(super) fn write(&self, files: &[(String, String)]) -> Result<(), String> {
        if self.mode == Mode::New {
            let there: Vec<&str> = files
                .iter()
                .map(|(file, _)| file.as_str())
                .filter(|file| self.path(file).exists())
                .collect();
            if !there.is_empty() {
                return Err(format!(
                    "{} has {} already; --renew writes new certificates from the CA that is there, \
                     --force everything anew, --out names another folder",
                    self.path.display(),
                    there.join(", ")
                ));
            }
        }
        fs::create_dir_all(self.path)
            .map_err(|error| format!("cannot make {}: {error}", self.path.display()))?;
        for (file, text) in files {
            let path = self.path(file);
            let is_secret = path.extension().is_some_and(|extension| extension == "key");
            write_one(&path, text, is_secret)
                .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        }
        Ok(())
    }

    fn read(&self, file: &str) -> Result<Option<String>, String> {
        let path = self.path(file);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("cannot read {}: {error}", path.display())),
        }
    }
}

fn write_one(path: &Path, text: &str, secret: bool) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    // Left behind by a run that was killed; opening it would keep its permissions.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        options.mode(if secret { 0o600 } else { 0o644 });
    }
    #[cfg(not(unix))]
    let _ = secret;
    let written = options.open(&beside).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    let moved = written.and_then(|()| fs::rename(&beside, path));
    if moved.is_err() {
        // It is of no use, and may hold a key.
        let _ = fs::remove_file(&beside);
    }
    moved
}
