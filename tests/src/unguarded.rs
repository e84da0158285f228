//! What would happen without a guard: conditions are taken off writes on their way to the table.
//!
//! A test of a guard has its control here: with the guard off, the same test has to see the
//! violation, else it proves nothing.

use serde_json::Value;

use crate::wire::{Action, Call, Item, item_of};

/// Sends transactions without the conditions on these kinds of items.
#[must_use]
pub fn without_conditions_on(items: &[Item], call: &Call) -> Action {
    if call.target != "TransactWriteItems" {
        return Action::Pass;
    }
    let mut body = call.body.clone();
    let Some(writes) = body["TransactItems"].as_array_mut() else { return Action::Pass };
    // A check without a condition is none.
    writes.retain(|write| write["ConditionCheck"].is_null() || !items.contains(&item_of(write)));
    for write in writes.iter_mut().filter(|write| items.contains(&item_of(write))) {
        take_condition_off(write);
    }
    Action::Send(body)
}

fn take_condition_off(write: &mut Value) {
    let Some(fields) = write.as_object_mut().and_then(|write| write.values_mut().next()) else {
        return;
    };
    let Some(fields) = fields.as_object_mut() else { return };
    fields.remove("ConditionExpression");
    let left = fields.get("UpdateExpression").and_then(Value::as_str).unwrap_or_default();
    let left = left.to_owned();
    for name in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
        // The table refuses placeholders that no expression uses, and empty maps of them.
        let Some(placeholders) = fields.get_mut(name).and_then(Value::as_object_mut) else {
            continue;
        };
        placeholders.retain(|placeholder, _| uses(&left, placeholder));
        if placeholders.is_empty() {
            fields.remove(name);
        }
    }
}

fn uses(expression: &str, placeholder: &str) -> bool {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || "_#:".contains(c);
    expression.split(|c| !is_of_name(c)).any(|word| word == placeholder)
}
