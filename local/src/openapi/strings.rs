//! Which form the texts have that the code's types parse: patterns and lengths by the name of a field,
//! for a name means the same in every schema, unless `SCHEMA.name` says otherwise. The forms stand in
//! `strings.json`; tests hold them against the types.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{ArrayItems, Object, SchemaType, Type};
use utoipa::openapi::{Components, RefOr, Schema, SchemaFormat};

#[derive(Deserialize)]
pub(super) struct Strings {
    pub(super) forms: BTreeMap<String, Form>,
    fields: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Form {
    pub(super) pattern: Option<String>,
    min_length: Option<usize>,
    max_length: Option<usize>,
    format: Option<String>,
}

impl Strings {
    pub(super) fn read() -> serde_json::Result<Self> {
        serde_json::from_str(include_str!("strings.json"))
    }

    /// Gives a form to every text of the schemas that has none.
    pub(super) fn of_components(&self, components: &mut Components) {
        for (name, schema) in &mut components.schemas {
            self.of_schema(name, "", schema);
        }
    }

    /// The same for an operation's parameters.
    pub(super) fn of_parameters(&self, operation: &mut Operation) {
        for parameter in operation.parameters.iter_mut().flatten() {
            let RefOr::T(Parameter { name, parameter_in, schema: Some(schema), .. }) = parameter
            else {
                continue;
            };
            let named = match parameter_in {
                // A query's range is of dates; a path's id is a registration's.
                ParameterIn::Path => format!("{name} in path"),
                _ => String::new(),
            };
            let field = if self.fields.contains_key(&named) { &named } else { &*name };
            self.of_schema("", field, schema);
        }
    }

    fn of_schema(&self, owner: &str, field: &str, schema: &mut RefOr<Schema>) {
        let RefOr::T(schema) = schema else { return };
        match schema {
            Schema::Object(object) => self.of_object(owner, field, object),
            Schema::Array(array) => {
                if let ArrayItems::RefOrSchema(items) = &mut array.items {
                    self.of_schema(owner, field, items);
                }
            }
            Schema::OneOf(all) => self.of_all(owner, field, &mut all.items),
            Schema::AllOf(all) => self.of_all(owner, field, &mut all.items),
            Schema::AnyOf(all) => self.of_all(owner, field, &mut all.items),
            _ => {}
        }
    }

    fn of_all(&self, owner: &str, field: &str, all: &mut [RefOr<Schema>]) {
        all.iter_mut().for_each(|schema| self.of_schema(owner, field, schema));
    }

    fn of_object(&self, owner: &str, field: &str, object: &mut Object) {
        for (name, schema) in &mut object.properties {
            self.of_schema(owner, name, schema);
        }
        let has_form = object.format.is_some() || object.enum_values.is_some();
        if !is_text(&object.schema_type) || has_form || object.pattern.is_some() {
            return;
        }
        let own = self.fields.get(&format!("{owner}.{field}"));
        let form = own.or_else(|| self.fields.get(field)).and_then(|form| self.forms.get(form));
        let Some(form) = form else { return };
        object.pattern.clone_from(&form.pattern);
        object.min_length = form.min_length;
        object.max_length = object.max_length.or(form.max_length);
        object.format = form.format.clone().map(SchemaFormat::Custom);
    }
}

fn is_text(kind: &SchemaType) -> bool {
    match kind {
        SchemaType::Type(one) => *one == Type::String,
        SchemaType::Array(some) => some.contains(&Type::String),
        SchemaType::AnyValue => false,
    }
}

#[cfg(test)]
mod tests {
    use antrian::domain::code::BookingCode;
    use antrian::domain::ids::{AccountId, ApplicantId, OfficeId, RegistrationId, ServiceId};
    use antrian::domain::personal::{Nik, PersonName, PhoneNumber, ScopedUserId};
    use antrian::domain::queue::{Counter, QueueNumber};
    use antrian::domain::time::SlotTime;
    use chrono::Weekday;
    use proptest::prelude::*;
    use proptest::string::string_regex;
    use proptest::test_runner::TestRunner;

    use super::*;

    /// What the type says to texts of a form.
    type Takes = fn(&str) -> bool;

    fn parses<T: std::str::FromStr>(text: &str) -> bool {
        text.parse::<T>().is_ok()
    }

    /// A code's last symbol checks the others; a NIK has a day and a month.
    fn has_right_form(text: &str) -> bool {
        text.parse::<BookingCode>().err() != Some(antrian::domain::code::InvalidCode::Form)
    }

    /// Forms that one type parses, a text that is none, and the type.
    const PARSED: [(&str, &str, Takes); 15] = [
        ("account", "a", parses::<AccountId>),
        ("applicant", "P1", parses::<ApplicantId>),
        ("booking_code", "7KQ4M-M2XRU", has_right_form),
        ("counter", "a#b", parses::<Counter>),
        ("nik", "9971013201909001", parses::<Nik>),
        ("office", "Jakarta", parses::<OfficeId>),
        ("phone", "0", parses::<PhoneNumber>),
        ("phone_typed", "021 234 567", |text| PhoneNumber::typed(text).is_ok()),
        ("queue_number", "1-A", parses::<QueueNumber>),
        ("registration", "short", parses::<RegistrationId>),
        ("service", "s", parses::<ServiceId>),
        ("time", "24:00", parses::<SlotTime>),
        ("scoped_id", "a.b-c", parses::<ScopedUserId>),
        ("person_name", "", parses::<PersonName>),
        ("weekday", "x", parses::<Weekday>),
    ];

    #[test]
    fn what_has_the_form_is_taken_by_the_type() {
        let strings = Strings::read().unwrap();
        for (name, not, takes) in PARSED {
            assert!(!takes(not), "{name}: {not}");
            let Some(pattern) = &strings.forms[name].pattern else { continue };
            let bare = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')).unwrap();
            let texts = string_regex(bare).unwrap();
            let texts = texts.prop_filter("zero is no number, an id has a dot", |text| {
                !text.ends_with("-0") && !text.ends_with("-00") && !text.contains("-000")
            });
            let check = |text: String| {
                prop_assume!(name != "scoped_id" || text.contains('.'));
                prop_assert!(takes(&text), "{name}: {text}");
                Ok(())
            };
            TestRunner::default().run(&texts, check).unwrap();
        }
        assert!(parses::<Nik>("9971014501909001"));
    }

    #[test]
    fn every_field_has_a_form_that_there_is_and_every_form_a_field() {
        let strings = Strings::read().unwrap();
        for (field, form) in &strings.fields {
            assert!(strings.forms.contains_key(form), "{field}: {form}");
        }
        for form in strings.forms.keys() {
            assert!(strings.fields.values().any(|used| used == form), "{form} is unused");
        }
    }
}
