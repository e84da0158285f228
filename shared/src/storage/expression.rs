//! Conditions and updates as DynamoDB writes them. Every attribute is written `#name`; [`names`] finds
//! them.

use std::borrow::Cow;
use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

/// A condition or an update: its text and the values that it names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expression {
    pub(crate) text: Cow<'static, str>,
    pub(crate) values: Vec<(Cow<'static, str>, AttributeValue)>,
}

impl Expression {
    pub(crate) fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), values: vec![] }
    }

    pub(crate) fn with(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: AttributeValue,
    ) -> Self {
        self.values.push((name.into(), value));
        self
    }

    /// An update that also makes this assignment, whose values are still to be given.
    pub(crate) fn setting(self, assignment: &str) -> Self {
        let text = match self.text.split_once("SET ") {
            Some((before, sets)) => format!("{before}SET {assignment}, {sets}"),
            None => format!("SET {assignment} {}", self.text),
        };
        Self { text: text.into(), ..self }
    }
}

/// Attribute names of the `#name` placeholders in these texts.
pub(crate) fn names(texts: &[&str]) -> Option<HashMap<String, String>> {
    let mut found = HashMap::new();
    for text in texts {
        for part in text.split('#').skip(1) {
            let end =
                part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
            found.insert(format!("#{}", &part[..end]), part[..end].to_owned());
        }
    }
    (!found.is_empty()).then_some(found)
}

/// Values of expressions, as the SDK takes them. A name stands for one value in all of them: a second one
/// would silently take the place of the first.
pub(crate) fn values(expressions: &[&Expression]) -> Option<HashMap<String, AttributeValue>> {
    let mut all = HashMap::new();
    for (name, value) in expressions.iter().flat_map(|expression| &expression.values) {
        let before = all.insert(name.clone().into_owned(), value.clone());
        debug_assert!(before.is_none_or(|before| before == *value), "{name} has two values");
    }
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::super::values::text;
    use super::{Expression, names, values};

    #[test]
    fn a_name_stands_for_one_value() {
        let of = |value: &str| Expression::new("#a = :a").with(":a", text(value));
        assert_eq!(values(&[&of("x"), &of("x")]).unwrap().len(), 1);
        assert!(std::panic::catch_unwind(|| values(&[&of("x"), &of("y")])).is_err());
    }

    #[test]
    fn names_are_found_in_expressions() {
        let found = names(&["attribute_not_exists(#pk) OR #free_at <= :now", "SET #free_at = :at"])
            .unwrap();
        let mut keys: Vec<_> = found.keys().cloned().collect();
        keys.sort();
        assert_eq!(keys, ["#free_at", "#pk"]);
        assert_eq!(found["#free_at"], "free_at");
        assert!(names(&["", "SET a = :b"]).is_none());
    }
}
