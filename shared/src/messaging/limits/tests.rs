use super::*;
use crate::domain::language::Locale;

fn option(id: usize, title: usize, description: Option<usize>) -> ReplyOption {
    let description = description.map(|length| "é".repeat(length));
    ReplyOption { id: format!("{id:0>4}"), title: "é".repeat(title), description }
}

fn buttons(text: usize, count: usize, title: usize) -> Body {
    let all = (0..count).map(|id| option(id, title, None)).collect();
    Body::Options { text: "é".repeat(text), options: ReplyOptions::Buttons(all) }
}

fn list(text: usize, rows: usize, row: (usize, usize)) -> Body {
    let rows = (0..rows).map(|id| option(id, row.0, Some(row.1))).collect();
    let sections = vec![Section { title: String::new(), rows }];
    let options = ReplyOptions::List { button: "Pilih".to_owned(), sections };
    Body::Options { text: "é".repeat(text), options }
}

fn picture(caption: usize) -> Body {
    Body::Picture { png: vec![], caption: "é".repeat(caption) }
}

fn template(parameter: &str) -> Body {
    let parameters = vec![parameter.to_owned()];
    let (payloads, copies) = (vec![], None);
    Body::Template(TemplateCall {
        name: "x",
        locale: Locale::Id,
        parameters,
        png: None,
        payloads,
        copies,
    })
}

#[test]
fn the_longest_is_taken_and_one_more_character_is_not() {
    for (fits, too_much, code) in [
        (Body::Text("é".repeat(4_096)), Body::Text("é".repeat(4_097)), "text_length"),
        (picture(1_024), picture(1_025), "caption_length"),
        (buttons(1_024, 3, 20), buttons(1_025, 3, 20), "text_length"),
        (buttons(1, 3, 20), buttons(1, 4, 20), "button_count"),
        (buttons(1, 3, 20), buttons(1, 3, 21), "button_title_length"),
        (list(4_096, 10, (24, 72)), list(4_097, 10, (24, 72)), "text_length"),
        (list(1, 10, (24, 72)), list(1, 11, (24, 72)), "row_count"),
        (list(1, 10, (24, 72)), list(1, 10, (25, 72)), "row_title_length"),
        (list(1, 10, (24, 72)), list(1, 10, (24, 73)), "row_description_length"),
        (template("a b"), template("a\nb"), "parameter_blanks"),
        (template("a    b"), template("a     b"), "parameter_blanks"),
    ] {
        assert_eq!(check(&fits), Ok(()), "{code}");
        assert_eq!(check(&too_much), Err(code));
    }
}

#[test]
fn nothing_is_empty() {
    for (body, code) in [
        (Body::Text(String::new()), "text_length"),
        (buttons(1, 0, 1), "button_count"),
        (buttons(1, 1, 0), "button_title_length"),
        (list(1, 0, (1, 1)), "row_count"),
        (template(""), "parameter_length"),
    ] {
        assert_eq!(check(&body), Err(code));
    }
}

#[test]
fn two_choices_are_told_apart() {
    let same = vec![option(1, 2, None), option(1, 3, None)];
    let body = Body::Options { text: "?".to_owned(), options: ReplyOptions::Buttons(same) };
    assert_eq!(check(&body), Err("same_id_twice"));
}

#[test]
fn a_row_that_cannot_be_sent_is_left_out_and_not_the_whole_list() {
    let mut rows: Vec<_> = (0..4).map(|id| option(id, 5, Some(5))).collect();
    rows[1].title = " ".to_owned();
    rows[2].description = Some("é".repeat(73));
    rows.push(option(3, 4, None));
    let list = |rows| ReplyOptions::List {
        button: "Pilih".to_owned(),
        sections: vec![Section { title: String::new(), rows }],
    };
    let text = "?".to_owned();
    assert!(check(&Body::Options { text: text.clone(), options: list(rows.clone()) }).is_err());
    let left = carried(list(rows.clone())).unwrap();
    assert!(left == list(vec![rows[0].clone(), rows[3].clone()]));
    assert_eq!(check(&Body::Options { text, options: left }), Ok(()));
    assert!(carried(list(vec![rows[1].clone()])).is_none(), "the words are sent alone");
}
