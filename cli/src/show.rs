//! Answers as tables, for people.

use std::fmt::Write as _;

use serde_json::Value;

/// A column: its name, and where its value is in a row (`a/b`: in `a`).
type Column = (&'static str, &'static str);

const OFFICES: [Column; 5] = [
    ("ID", "id"),
    ("NAME", "name"),
    ("CITY", "city"),
    ("ONLINE", "online"),
    ("NEXT", "next_available/date"),
];
const VISITS: [Column; 8] = [
    ("SLOT", "slot"),
    ("CODE", "code"),
    ("WHO", "who"),
    ("STATUS", "status"),
    ("LATE", "late"),
    ("NUMBER", "queue_number"),
    ("SERVICE", "service"),
    ("CHANNEL", "channel"),
];
const SUMS: [Column; 8] = [
    ("BOOKED", "booked"),
    ("CAME", "came"),
    ("LATE", "late"),
    ("SENT BACK", "sent_back"),
    ("SERVED", "served"),
    ("NO-SHOWS", "no_shows"),
    ("CANCELLED", "cancelled"),
    ("UNUSED SEATS", "seats_unused"),
];
const DATES: [Column; 3] = [("DATE", "date"), ("STATE", "state"), ("REASON", "reason/id")];
const MOVES: [Column; 5] =
    [("CODE", "code"), ("DATE", "date"), ("SLOT", "slot"), ("TO", "to/date"), ("AT", "to/slot")];
const FOUND: [Column; 2] = [("KIND", "kind"), ("BOOKING", "code")];

pub(crate) fn offices(answer: &Value) -> String {
    table(&OFFICES, rows(answer, "offices"))
}

pub(crate) fn roster(answer: &Value) -> String {
    let visits = rows(answer, "visits");
    format!("{}: {} visits\n{}", text(&answer["date"]), visits.len(), table(&VISITS, visits))
}

pub(crate) fn report(answer: &Value) -> String {
    let dates: Vec<Column> = [("DATE", "date")].into_iter().chain(SUMS).collect();
    let slots: Vec<Column> = [("HOUR", "slot")].into_iter().chain(SUMS).collect();
    let total = table(&SUMS, std::slice::from_ref(&answer["total"]));
    let by_date = table(&dates, rows(answer, "dates"));
    let by_hour = table(&slots, rows(answer, "slots"));
    format!("{total}\n{by_date}\n{by_hour}")
}

pub(crate) fn preview(answer: &Value) -> String {
    let counts = format!(
        "{} bookings, {} without another seat now\n",
        text(&answer["bookings"]),
        text(&answer["without_seat"])
    );
    let (dates, moves) = (rows(answer, "dates"), rows(answer, "moves"));
    format!("{counts}\n{}\n{}", table(&DATES, dates), table(&MOVES, moves))
}

pub(crate) fn audit(answer: &Value) -> String {
    let found = rows(answer, "disagreements");
    let mut said = fields(answer);
    if !found.is_empty() {
        let _ = write!(said, "\n{}", table(&FOUND, found));
    }
    said
}

/// Every field that is not a list, line by line; lists by what they have.
pub(crate) fn fields(answer: &Value) -> String {
    let mut lines = String::new();
    for (name, value) in answer.as_object().into_iter().flatten() {
        let _ = writeln!(lines, "{name}: {}", text(value));
    }
    lines
}

fn rows<'a>(answer: &'a Value, name: &str) -> &'a [Value] {
    answer[name].as_array().map_or(&[], Vec::as_slice)
}

fn table(columns: &[Column], rows: &[Value]) -> String {
    let head = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let cell =
        |row: &Value, path: &str| path.split('/').fold(row, |value, key| &value[key]).clone();
    let line = |row| columns.iter().map(|(_, path)| text(&cell(row, path))).collect();
    let lines: Vec<Vec<String>> = std::iter::once(head).chain(rows.iter().map(line)).collect();
    let width = |nth: usize| lines.iter().map(|line| line[nth].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let aligned = |line: &Vec<String>| {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    lines.iter().map(aligned).collect()
}

/// A value as people write it. What a terminal would take for a command is left out.
fn text(value: &Value) -> String {
    let said = match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    said.chars().filter(|sign| !sign.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [json!({"a": "x", "b": {"c": 12}}), json!({"a": "long", "b": null})];
        let shown = table(&[("A", "a"), ("C", "b/c")], &rows);
        assert_eq!(shown, "A     C\nx     12\nlong  -\n");
    }

    #[test]
    fn nothing_moves_the_terminals_cursor() {
        assert_eq!(text(&json!("a\u{1b}[2Jb\n")), "a[2Jb");
    }
}
