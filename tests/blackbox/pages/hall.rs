//! The display in the hall, as it is without script, and what its script asks for.

use std::sync::Arc;

use antrian::use_cases::desk::queue_of_today;
use antrian_tests::Browser;
use antrian_tests::desk::Desk;
use antrian_tests::offices::OFFICE;
use chrono::TimeDelta;
use reqwest::StatusCode;
use reqwest::header::{ETAG, IF_NONE_MATCH};
use serde_json::json;

use crate::desk::hall;

#[tokio::test]
async fn the_hall_reads_number_and_counter_the_newest_first_and_how_many_wait() {
    let (app, desk, codes, _) = hall(4).await;
    let mut browser = Browser::new(&app);
    let empty = browser.get("/papan/uji").await;
    assert_eq!(empty.status, 200);
    assert!(empty.html.contains("Belum ada nomor yang dipanggil."), "{}", empty.html);
    for counter in ["3", "Foto 1"] {
        assert_eq!(desk.call(&app, counter).await.status, 200);
        app.advance(60);
    }
    assert_eq!(desk.step(&app, "serve", "3").await.status, 200);
    app.advance(1);
    let page = browser.get("/papan/uji").await;
    let at = |number: &str| page.html.find(&format!("data-number=\"{number}\"")).unwrap();
    assert!(at("A-002") < at("A-001"), "the last call first: {}", page.html);
    assert!(page.html.contains("class=\"serving\" data-number=\"A-001\" data-counter=\"3\""));
    assert!(page.html.contains("class=\"called\" data-number=\"A-002\" data-counter=\"FOTO 1\""));
    assert_eq!(page.between("<span class=\"count\"><b>", "</b> menunggu"), "2");
    let refresh = "<noscript><meta http-equiv=\"refresh\" content=\"4\"></noscript>";
    assert!(page.html.contains(refresh), "works without script");
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let hides = |text: &str| !page.html.contains(text);
    assert!(codes.iter().all(|code| hides(code)) && hides("Contoh 1"), "nobody's name or code");
    assert_eq!(browser.get("/papan/tidak-ada").await.status, 404);
}

#[tokio::test]
async fn eight_rows_at_most_and_a_number_that_was_sent_on_is_shown_where_it_is_called() {
    let (app, desk, _, _) = hall(8).await;
    for counter in ["1", "2"] {
        assert_eq!(desk.call(&app, counter).await.status, 200);
        app.advance(10);
    }
    assert_eq!(desk.set_counter(&app, "9", json!({"open": true})).await.status, 200);
    let sent = json!({"counter": "1", "to_counter": "9"});
    assert_eq!(desk.queue(&app, "transfer", sent).await.status, 200);
    let mut browser = Browser::new(&app);
    let without = browser.get("/papan/uji/isi").await;
    assert!(!without.html.contains("A-001"), "on the way to no counter: {}", without.html);
    for counter in ["9", "3", "4", "5", "6", "7", "8"] {
        assert_eq!(desk.call(&app, counter).await.status, 200, "{counter}");
        app.advance(10);
    }
    let shown = browser.get("/papan/uji/isi").await.html;
    assert_eq!(shown.matches("data-number").count(), 8);
    assert!(shown.contains("data-number=\"A-001\" data-counter=\"9\""), "{shown}");
    let board = app.get("/v1/offices/uji/board").await;
    assert_eq!(board.body["lines"][0]["waiting"], 0, "{board:?}");
}

#[tokio::test]
async fn what_a_display_has_already_is_not_sent_again() {
    let (app, desk, _, _) = hall(1).await;
    let address = format!("{}/papan/uji/isi", app.stack.base_url);
    let first = app.http.get(&address).send().await.unwrap();
    let tag = first.headers()[ETAG].clone();
    assert_eq!(first.headers()["cache-control"], "public, max-age=2");
    let ask = || app.http.get(&address).header(IF_NONE_MATCH, &tag).send();
    assert_eq!(ask().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    assert_eq!(desk.call(&app, "1").await.status, 200);
    app.advance(1);
    assert_eq!(ask().await.unwrap().status(), StatusCode::OK);
    let desk_again = Desk::sign_in(&app).await;
    assert_eq!(desk_again.step(&app, "recall", "1").await.status, 200);
    app.advance(1);
    let again = ask().await.unwrap().text().await.unwrap();
    assert!(again.contains("data-calls=\"2\""), "is called out again: {again}");
}

#[tokio::test]
async fn the_table_is_read_once_a_second_however_many_look() {
    let (app, desk, _, _) = hall(2).await;
    let halls = app.stack.app.ledger.halls();
    let (office, day) =
        queue_of_today(&app.stack.app, &OFFICE.parse().unwrap()).await.unwrap().unwrap();
    let now = app.now();
    let look =
        async |ms| halls.get(&office, &day, now + TimeDelta::milliseconds(ms)).await.unwrap();
    let first = look(0).await;
    assert_eq!(desk.call(&app, "1").await.status, 200);
    assert!(Arc::ptr_eq(&first, &look(999).await), "what is remembered");
    let later = look(1000).await;
    assert_eq!((first.called.len(), later.called.len()), (0, 1));
    assert_eq!((first.lines[0].waiting, later.lines[0].waiting), (2, 1));
}

/// The script tells a new call of a number from one that it has called out.
#[tokio::test]
async fn a_call_that_was_passed_back_and_made_again_is_another_one() {
    let (app, desk, _, _) = hall(1).await;
    let mut browser = Browser::new(&app);
    let mut rows = vec![];
    for _ in 0..2 {
        assert_eq!(desk.call(&app, "1").await.status, 200);
        app.advance(60);
        let shown = browser.get("/papan/uji/isi").await;
        let row = shown.between("<li class=\"called\" ", "><b>").to_owned();
        assert!(row.contains("data-number=\"A-001\" data-counter=\"1\" data-calls=\"1\""), "{row}");
        rows.push(row);
        assert_eq!(desk.step(&app, "pass-back", "1").await.status, 200);
    }
    assert_ne!(rows[0], rows[1]);
}
