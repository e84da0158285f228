//! JSON of which any part may be other than expected: each field is read for itself, when it is
//! asked for.
//!
//! What is not asked for is passed over unread, however deep it is nested and whatever it holds.

use std::collections::HashMap;

use serde_json::value::RawValue;

/// An object whose fields have not been read yet.
pub(super) struct Object<'a>(HashMap<String, &'a RawValue>);

impl<'a> Object<'a> {
    /// An object; absent if it is something else.
    pub(super) fn read(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    /// Whether there is such a field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A text that is not blank.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text: String = serde_json::from_str(self.0.get(name)?.get()).ok()?;
        (!text.trim().is_empty()).then_some(text)
    }

    /// An integer, also one that is written as text.
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        let number = serde_json::from_str(self.0.get(name)?.get()).ok();
        number.or_else(|| self.text(name)?.parse().ok())
    }

    pub(super) fn object(&self, name: &str) -> Option<Self> {
        Self::read(self.0.get(name)?.get())
    }

    /// The objects in a list of this one; what else is in it is left out.
    pub(super) fn list(&self, name: &str) -> Vec<Self> {
        let items: Option<Vec<&RawValue>> =
            self.0.get(name).and_then(|list| serde_json::from_str(list.get()).ok());
        items.into_iter().flatten().filter_map(|item| Self::read(item.get())).collect()
    }
}
