//! Reading values of types that refuse unknown fields, as offices do where people write them: what
//! a later release added to an item is passed over.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};
use serde_json::{Error, Value};

use super::Item;

/// The value of an item, without what `T` does not know, at any depth but within a variant of an
/// enum: a variant that says more has another meaning.
pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
    let value: Value = serde_dynamo::from_item(item).map_err(serde::de::Error::custom)?;
    T::deserialize(Lenient(value))
}

struct Lenient(Value);

impl IntoDeserializer<'_, Error> for Lenient {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Lenient {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(all) => {
                visitor.visit_seq(SeqDeserializer::new(all.into_iter().map(Lenient)))
            }
            Value::Object(all) => {
                let all = all.into_iter().map(|(name, value)| (name, Lenient(value)));
                visitor.visit_map(MapDeserializer::new(all))
            }
            plain => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Value::Object(mut all) = self.0 else { return self.deserialize_any(visitor) };
        all.retain(|name, _| fields.contains(&name.as_str()));
        Lenient(Value::Object(all)).deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::office::Office;

    fn demo() -> Value {
        let file: Value =
            serde_json::from_str(include_str!("../../../domain/data/offices.json")).unwrap();
        file["offices"][0].clone()
    }

    fn read(value: &Value) -> Result<Office, Error> {
        from_item(serde_dynamo::to_item(value).unwrap())
    }

    #[test]
    fn an_office_is_read_as_it_is_without_what_is_not_known() {
        let (plain, mut more) = (demo(), demo());
        more["pk"] = json!("OFFICES");
        more["later"] = json!({"deep": [1]});
        more["policy"]["later_minutes"] = json!(5);
        more["services"][0]["name"]["jv"] = json!("Paspor anyar");
        assert!(serde_json::from_value::<Office>(more.clone()).is_err(), "people are told");
        let strict: Office = serde_json::from_value(plain.clone()).unwrap();
        assert_eq!(read(&more).unwrap(), strict);
        assert_eq!(read(&plain).unwrap(), strict);
    }

    #[test]
    fn a_variant_that_says_more_is_refused() {
        let mut office = demo();
        office["release"]["later"] = json!(true);
        assert!(read(&office).is_err());
    }
}
