//! What stored items leave out.

/// Whether an attribute is what it is when it is not there.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
