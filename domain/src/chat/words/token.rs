//! A piece of a text.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, perhaps with digits among them.
    Word,
    /// Digits only.
    Digits,
    /// Punctuation inside a field.
    Mark(char),
    /// The end of a field.
    Separator,
}

/// A piece of a text.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    /// What it is.
    pub(super) kind: Kind,
    /// As it was written.
    pub(super) text: &'a str,
    /// A word small and without doubled letters; digits as they are.
    pub(super) folded: String,
    /// Where it begins in the text.
    pub(super) start: usize,
}

impl Token<'_> {
    /// Where it ends in the text.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether a label ends with it.
    pub(super) fn is_colon(&self) -> bool {
        matches!(self.kind, Kind::Mark(':' | '='))
    }

    /// Whether it consists of that many digits.
    pub(super) fn is_digits(&self, lengths: std::ops::RangeInclusive<usize>) -> bool {
        self.kind == Kind::Digits && lengths.contains(&self.text.len())
    }
}
