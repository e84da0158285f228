//! Reading a request's JSON as strictly as the Graph API does: what is missing, wrong or unknown is
//! named by its path.

use serde_json::{Map, Value};

use super::error::GraphError;

/// An object of a request and where it stands.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    map: &'a Map<String, Value>,
    path: String,
}

impl<'a> Fields<'a> {
    /// The request itself.
    pub(super) fn root(body: &'a Value) -> Result<Self, GraphError> {
        Self::at(body, String::new())
    }

    fn at(value: &'a Value, path: String) -> Result<Self, GraphError> {
        match value.as_object() {
            Some(map) => Ok(Self { map, path }),
            None => Err(GraphError::new(100, format!("Param {path} must be a JSON object."))),
        }
    }

    /// Where a field stands, as the platform writes it.
    pub(super) fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}['{name}']", self.path) }
    }

    /// Refuses fields that are not known.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), GraphError> {
        match self.map.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let details = format!("Unexpected key \"{name}\" on param \"{}\".", self.path);
                Err(GraphError::new(100, details))
            }
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(|value| !value.is_null())
    }

    fn need(&self, name: &str) -> Result<&'a Value, GraphError> {
        self.map.get(name).filter(|value| !value.is_null()).ok_or_else(|| {
            GraphError::new(131008, format!("Parameter {} is required.", self.path(name)))
        })
    }

    /// A text of 1 to `max` characters.
    pub(super) fn text(&self, name: &str, max: usize) -> Result<&'a str, GraphError> {
        let Some(text) = self.need(name)?.as_str() else {
            let details = format!("Param {} must be a string.", self.path(name));
            return Err(GraphError::new(100, details));
        };
        match text.chars().count() {
            0 => Err(self.wrong(name, "must not be empty")),
            length if length <= max => Ok(text),
            _ => Err(self.wrong(name, &format!("must be at most {max} characters long"))),
        }
    }

    pub(super) fn optional_text(
        &self,
        name: &str,
        max: usize,
    ) -> Result<Option<&'a str>, GraphError> {
        self.has(name).then(|| self.text(name, max)).transpose()
    }

    pub(super) fn word(&self, name: &str, words: &[&str]) -> Result<&'a str, GraphError> {
        let word = self.text(name, 100)?;
        match words.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            true => Ok(word),
            false => Err(self.wrong(name, &format!("must be one of {{{}}}", words.join(", ")))),
        }
    }

    pub(super) fn object(&self, name: &str) -> Result<Fields<'a>, GraphError> {
        Self::at(self.need(name)?, self.path(name))
    }

    /// The objects of a list with so many elements.
    pub(super) fn list(
        &self,
        name: &str,
        length: std::ops::RangeInclusive<usize>,
    ) -> Result<Vec<Fields<'a>>, GraphError> {
        let Some(list) = self.need(name)?.as_array() else {
            let details = format!("Param {} must be an array.", self.path(name));
            return Err(GraphError::new(100, details));
        };
        if !length.contains(&list.len()) {
            let (min, max) = (length.start(), length.end());
            return Err(self.wrong(name, &format!("must have {min} to {max} elements")));
        }
        let element = |(at, value)| Self::at(value, format!("{}[{at}]", self.path(name)));
        list.iter().enumerate().map(element).collect()
    }

    /// A number from 0, written as a number or as digits.
    pub(super) fn index(&self, name: &str) -> Result<usize, GraphError> {
        let value = self.need(name)?;
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        let number = number.and_then(|number| usize::try_from(number).ok());
        number.ok_or_else(|| self.wrong(name, "must be a number"))
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.map.get(name).and_then(Value::as_i64)
    }

    /// A value that is not valid.
    pub(super) fn wrong(&self, name: &str, why: &str) -> GraphError {
        GraphError::new(131009, format!("Param {} {why}.", self.path(name)))
    }
}
