//! The rules on invented trees: each finds what breaks it, however it is written, and nothing else.

use super::rules;
use super::tree::Tree;

type Files<'a> = &'a [(&'a str, &'a str)];

/// What is wrong with the files, without the reason.
fn found(rule: fn(&Tree) -> Vec<String>, files: Files<'_>) -> Vec<String> {
    let faults = rule(&Tree::of(files.iter().copied()));
    faults.into_iter().map(|fault| fault.split(": ").next().unwrap().to_owned()).collect()
}

const STORE: (&str, &str) = ("shared/src/storage/store.rs", "pub struct Store; pub fn open() {}");
const STORAGE: (&str, &str) =
    ("shared/src/storage/mod.rs", "mod store; pub use store::{Store, open};");
const SLOTS: (&str, &str) = ("functions/slots/src/lib.rs", "pub fn routes() {}");

#[test]
fn an_arrow_to_a_crate_that_is_not_below_is_found() {
    let broken: [(&str, &str, &str); 4] = [
        ("domain/src/seat.rs", "use antrian::storage::Store;", STORE.0),
        ("shared/src/app.rs", "fn f() { antrian_slots::routes() }", SLOTS.0),
        ("functions/admin/src/lib.rs", "\nuse antrian_slots::routes;", SLOTS.0),
        ("functions/admin/src/lib.rs", "use antrian_local::Stack;", "local/src/lib.rs"),
    ];
    for (file, text, known) in broken {
        let local = ("local/src/lib.rs", "pub struct Stack;");
        let roots = [("domain/src/lib.rs", ""), ("shared/src/lib.rs", "")];
        let files = [&roots[..], &[STORE, STORAGE, SLOTS, local, (file, text)]].concat();
        let line = text.lines().count();
        assert_eq!(found(rules::crates, &files), [format!("{file}:{line} names {known}")]);
    }
}

#[test]
fn an_arrow_to_a_crate_below_is_fine() {
    let files = [
        ("domain/src/lib.rs", "pub mod seat;"),
        ("domain/src/seat.rs", "pub struct Seat; use crate::seat::Seat as Place;"),
        ("shared/src/lib.rs", "pub use antrian_domain as domain;"),
        ("shared/src/app.rs", "use crate::domain::seat::Seat;"),
        ("functions/slots/src/lib.rs", "use antrian::app::App; use antrian_domain::seat::Seat;"),
        ("functions/slots/src/main.rs", "use antrian_slots::routes;"),
        ("local/src/lib.rs", "fn f() { antrian_slots::routes() }"),
    ];
    assert_eq!(found(rules::crates, &files), [""; 0]);
    assert_eq!(Tree::of(files).arrows().len(), 5, "and they are seen");
}

#[test]
fn a_domain_with_input_or_output_is_found() {
    let text = "use chrono::Utc;\nuse aws_sdk_sqs::{Client, Error};\nfn f() { m!(tokio::spawn(g)); }\n\
        mod inner { pub fn http() {} }\n// reqwest::get\n/// [`axum::Router`]\nuse std::http_like::X;";
    let domain = ("domain/src/seat.rs", text);
    let same = ("shared/src/net.rs", text);
    let expected = [2, 3].map(|line| format!("domain/src/seat.rs:{line} names "));
    let found = found(rules::domain, &[domain, same]);
    assert_eq!(found, [expected[0].clone() + "aws_sdk_sqs", expected[1].clone() + "tokio"]);
}

/// Ways in which one file names what another one defines.
const NAMINGS: [&str; 9] = [
    "use crate::storage::Store;",
    "use crate::{storage::{self, Store as Kept}};",
    "use super::storage::Store;",
    "fn f() { crate::storage::open() }",
    "fn f() { assert!(crate::storage::Store::new()) }",
    "use crate::storage; fn f() { storage::open() }",
    "#[serde(with = \"crate::storage::Store\")] struct S;",
    "mod inner { use super::super::storage::Store; }",
    "pub use crate::storage::Store;",
];

#[test]
fn an_arrow_to_a_room_above_is_found_however_it_is_written() {
    for text in NAMINGS {
        let files = [("shared/src/lib.rs", ""), STORE, STORAGE, ("shared/src/clock.rs", text)];
        let expected = "shared/src/clock.rs:1 names shared/src/storage/store.rs";
        assert_eq!(found(rules::rooms, &files), [expected], "{text}");
        let files = [("shared/src/lib.rs", ""), STORE, STORAGE, ("shared/src/http/mod.rs", text)];
        assert_eq!(found(rules::rooms, &files), [""; 0], "{text}");
    }
}

#[test]
fn what_is_no_code_of_the_system_is_no_arrow() {
    for text in [
        "// use crate::storage::Store;",
        "/* /* */ use crate::storage::Store; */",
        "/// [`crate::storage::Store`]\nstruct S;",
        "const TEXT: &str = r#\"use crate::storage::Store;\"#;",
        "#[cfg(test)]\n#[path = \"x\"]\nmod tests { use crate::storage::Store; }",
        "#[cfg(test)] use crate::storage::{Store, open};\nfn f<'a>(storage: &'a str) -> char { ':' }",
        "fn f() { <Self as Open>::storage::open(self.storage::<u8>()) }",
        "use other::storage::Store; fn f() { storage::open() }",
    ] {
        let files = [("shared/src/lib.rs", ""), STORE, STORAGE, ("shared/src/clock.rs", text)];
        assert_eq!(found(rules::rooms, &files), [""; 0], "{text}");
    }
}

#[test]
fn a_room_outside_the_table_and_code_at_the_root_are_found() {
    let attic = ("shared/src/attic/mod.rs", "");
    let root = ("shared/src/lib.rs", "pub mod storage; pub use storage::Store; pub struct App;");
    let files = [root, STORE, STORAGE, attic];
    assert_eq!(
        found(rules::rooms, &files),
        ["shared/src/attic/mod.rs is in a room that the table does not have"]
    );
    let files = [root, ("shared/src/lambda.rs", "use crate::App;")];
    assert_eq!(found(rules::rooms, &files), ["shared/src/lambda.rs:1 names shared/src/lib.rs"]);
}

#[test]
fn a_macro_that_is_exported_belongs_to_its_file() {
    let text =
        "#[macro_export]\nmacro_rules! __routes { () => {} }\npub use crate::__routes as routes;";
    let files = [
        ("shared/src/http/mod.rs", "pub mod routes;"),
        ("shared/src/http/routes.rs", text),
        ("shared/src/lib.rs", ""),
        ("shared/src/clock.rs", "use crate::http::routes::routes;"),
    ];
    let expected = ["shared/src/clock.rs:1 names shared/src/http/routes.rs"];
    assert_eq!(found(rules::rooms, &files), expected);
}

const ROOT: &str = "local/src/lib.rs";

/// Files that know each other.
const CIRCLES: [Files<'_>; 6] = [
    &[
        ("local/src/a.rs", "use crate::b::B; pub struct A;"),
        ("local/src/b.rs", "use super::a::A; pub struct B;"),
    ],
    &[
        ("local/src/a.rs", "fn f() { crate::b::g() }"),
        ("local/src/b.rs", "use crate::c::*;"),
        ("local/src/c.rs", "const C: u8 = crate::a::A;"),
    ],
    // Through names that the parent passes on, for everybody or for itself.
    &[
        ("local/src/a.rs", "use super::B;"),
        ("local/src/b.rs", "use crate::A;"),
        (ROOT, "pub use a::A; use b::B;"),
    ],
    // A parent that uses what it passes on.
    &[
        ("local/src/b.rs", "use crate::Root; pub struct B;"),
        (ROOT, "pub use b::B; pub struct Root(B);"),
    ],
    &[("local/src/b.rs", "use crate::Root;"), (ROOT, "pub(crate) use b::go; fn f() { go() }")],
    &[("local/src/b.rs", "use crate::Root;"), (ROOT, "fn f() { b::go() }")],
];

#[test]
fn files_that_know_each_other_are_found() {
    for files in CIRCLES {
        let tree = [&[(ROOT, "")], files].concat();
        let circles = rules::circles(&Tree::of(tree));
        assert_eq!(circles.len(), 1, "{files:?}: {circles:?}");
        let names =
            files.iter().filter(|(_, text)| !text.starts_with("pub use a")).map(|(name, _)| name);
        names.for_each(|name| assert!(circles[0].contains(&format!("{name}:1 → ")), "{circles:?}"));
    }
}

#[test]
fn files_that_share_what_is_below_them_are_no_circle() {
    let files = [
        (ROOT, "mod a; mod b; mod types; pub use a::A; pub use types::T;"),
        ("local/src/types.rs", "pub struct T;"),
        ("local/src/a.rs", "use super::T; use super::b::go; pub struct A(T);"),
        ("local/src/b.rs", "use crate::T; mod c; pub fn go() { c::go() }"),
        ("local/src/b/c.rs", "use super::super::types::T; pub fn go() { go() }"),
    ];
    assert_eq!(found(rules::circles, &files), [""; 0]);
    assert_eq!(Tree::of(files).arrows().len(), 5, "and the arrows are seen");
}

#[test]
fn a_function_may_have_the_name_of_its_module() {
    let files = [
        (ROOT, "pub mod date; pub use date::date; pub mod text;"),
        ("local/src/date.rs", "pub fn date() {} pub fn time() {}"),
        ("local/src/text.rs", "use crate::date; fn f() { date::time() }"),
    ];
    let arrows = Tree::of(files).arrows();
    let arrows: Vec<_> = arrows.iter().map(|arrow| (&*arrow.from, &*arrow.to)).collect();
    assert_eq!(arrows, [("local/src/text.rs", "local/src/date.rs")]);
}
