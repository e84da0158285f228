//! The conversation with a person, pure: what their words mean, what is asked next.
//!
//! - [`words`]: what a text says, in any of the spellings that people use.

pub mod words;
