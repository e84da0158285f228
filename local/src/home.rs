//! The folder where a stack keeps its data between runs. One stack at a time has it: the lock of a file in
//! it is held for as long as the process lives.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use antrian::security::Keyring;
use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};

/// The folder: keys, the clock's advance, the table.
#[derive(Debug, Clone)]
pub struct Home {
    folder: PathBuf,
    ahead_secs: i64,
    lock: Arc<File>,
}

const KEYS: &str = "keys.json";
const CLOCK: &str = "clock-ahead-secs";
const SPACE: &str = "space-check";
const TABLE: &str = "table.db";
/// Files that a stack makes; it removes no others.
const FILES: [&str; 6] = [KEYS, CLOCK, SPACE, TABLE, "table.db-wal", "table.db-shm"];
/// It stays: whoever removed it would give the folder to two.
const LOCK: &str = "lock";
/// More than a transaction of the table needs, so that a full disk is noticed before it.
const SPACE_BYTES: usize = 64 * 1024;
/// A clock is moved forward by a hundred years at most: a calendar has an end.
pub(crate) const MAX_AHEAD_SECS: i64 = 100 * 366 * 24 * 3600;

impl Home {
    /// The folder, made if it is missing, emptied of a stack's files if `fresh`.
    ///
    /// # Errors
    /// If another stack has it, or it can't be made, read or emptied.
    pub fn open(folder: &Path, fresh: bool) -> anyhow::Result<Self> {
        let named = || format!("the data folder {} cannot be used", folder.display());
        fs::create_dir_all(folder).with_context(named)?;
        let lock = Arc::new(lock(folder)?);
        for file in FILES.iter().filter(|_| fresh) {
            match fs::remove_file(folder.join(file)) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(error).with_context(named);
                }
                _ => {}
            }
        }
        Ok(Self { folder: folder.to_owned(), ahead_secs: ahead_secs(&folder.join(CLOCK))?, lock })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether no stack has kept anything here yet.
    pub(crate) fn is_new(&self) -> bool {
        !self.folder.join(TABLE).exists()
    }

    /// Lets another stack have the folder, whoever still knows this one.
    pub(crate) fn release(&self) {
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the data folder stays locked until this program ends");
        }
    }

    /// The keyring's secret, made on the first run, readable by its owner only.
    ///
    /// # Errors
    /// If the file can't be read or written.
    pub fn keys(&self) -> anyhow::Result<SecretString> {
        let file = self.folder.join(KEYS);
        let named = || format!("the keys in {} cannot be used", file.display());
        if file.exists() {
            return Ok(fs::read_to_string(&file).with_context(named)?.into());
        }
        let secret = Keyring::generate_json();
        replace(&file, secret.expose_secret().as_bytes()).with_context(named)?;
        Ok(secret)
    }

    /// How far the clock had been moved forward when the folder was opened.
    pub fn clock_ahead_secs(&self) -> i64 {
        self.ahead_secs
    }

    /// Stores how far the clock was moved forward, so that time never goes backwards.
    ///
    /// # Errors
    /// If the file can't be written; it is as it was.
    pub fn store_clock(&self, ahead_secs: i64) -> anyhow::Result<()> {
        replace(&self.folder.join(CLOCK), ahead_secs.to_string().as_bytes())
            .context("the clock's advance cannot be stored")
    }

    /// Whether the folder takes what is written, found out by writing.
    ///
    /// # Errors
    /// Names the folder, and what the disk says.
    pub fn check_space(&self) -> anyhow::Result<()> {
        let file = self.folder.join(SPACE);
        let written = File::create(&file).and_then(|mut space| {
            space.write_all(&[0x5a; SPACE_BYTES])?;
            space.sync_data()
        });
        // Two may look at the same time: one of them finds the file gone.
        let removed = match fs::remove_file(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            removed => removed,
        };
        written.and(removed).with_context(|| {
            let folder = self.folder.display();
            format!(
                "Folder data {folder} tidak dapat ditulisi, periksa disk. / The data folder {folder} \
                 cannot be written to, look at the disk"
            )
        })
    }
}

fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join(LOCK);
    let named = || format!("{} cannot be locked", path.display());
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(named)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let folder = folder.display();
            bail!(
                "Folder data {folder} sedang dipakai program lain; hentikan dahulu, atau pilih folder \
                 lain dengan ANTRIAN_DATA. / The data folder {folder} is in use by another program; \
                 stop that one, or choose another folder with ANTRIAN_DATA."
            )
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(named),
    }
}

/// How far the clock was moved forward in earlier runs.
fn ahead_secs(file: &Path) -> anyhow::Result<i64> {
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        text => text.with_context(|| format!("{} cannot be read", file.display()))?,
    };
    let secs = text.trim().parse().ok().filter(|secs| (0..=MAX_AHEAD_SECS).contains(secs));
    secs.with_context(|| {
        let file = file.display();
        format!(
            "Jam yang tersimpan di {file} tidak masuk akal; perbaiki atau hapus berkas itu. / The clock \
             kept in {file} makes no sense; correct or delete that file."
        )
    })
}

/// Writes a file that only its owner reads: all of it, or it is as it was.
fn replace(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let new = file.with_extension("new");
    let mut created =
        File::options().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    created.write_all(bytes)?;
    created.sync_all()?;
    fs::rename(&new, file)
}
