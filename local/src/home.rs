//! The folder where a stack keeps its data between runs.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use antrian::security::Keyring;
use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};

/// The folder: keys, the clock's advance, the table.
#[derive(Debug, Clone)]
pub struct Home {
    folder: PathBuf,
}

const KEYS: &str = "keys.json";
const CLOCK: &str = "clock-ahead-secs";
/// Files that a stack makes; it removes no others.
const FILES: [&str; 5] = [KEYS, CLOCK, "table.db", "table.db-wal", "table.db-shm"];

impl Home {
    /// The folder, made if it is missing, emptied of a stack's files if `fresh`.
    ///
    /// # Errors
    /// If it can't be made, read or emptied.
    pub fn open(folder: &Path, fresh: bool) -> anyhow::Result<Self> {
        let named = || format!("the data folder {} cannot be used", folder.display());
        fs::create_dir_all(folder).with_context(named)?;
        for file in FILES.iter().filter(|_| fresh) {
            match fs::remove_file(folder.join(file)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).with_context(named);
                }
                _ => {}
            }
        }
        Ok(Self { folder: folder.to_owned() })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
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
        let mut created = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&file)
            .with_context(named)?;
        created.write_all(secret.expose_secret().as_bytes()).with_context(named)?;
        Ok(secret)
    }

    /// How far the clock was moved forward in earlier runs.
    pub fn clock_ahead_secs(&self) -> i64 {
        let text = fs::read_to_string(self.folder.join(CLOCK)).unwrap_or_default();
        text.trim().parse().unwrap_or(0)
    }

    /// Stores how far the clock was moved forward, so that time never goes backwards.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn store_clock(&self, ahead_secs: i64) -> anyhow::Result<()> {
        fs::write(self.folder.join(CLOCK), ahead_secs.to_string())
            .context("the clock's advance cannot be stored")
    }
}
