//! What can be wrong with a setting.

/// A setting that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("{0} is not set")]
    Missing(&'static str),
    /// It is set to something of no use. Its value is not repeated.
    #[error("{variable} is wrong: {why}")]
    Wrong {
        variable: &'static str,
        /// What it should be.
        why: &'static str,
    },
    /// A secret of `ANTRIAN_SECRETS` cannot be had.
    #[error("the secret {name} cannot be read: {why}")]
    Secret {
        name: String,
        /// What AWS says, or what is wrong with its form. Never its value.
        why: String,
    },
}
