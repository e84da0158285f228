//! The question on the web, after a one-time code.

use antrian::domain::owner::MAX_OWNER_TRIES;
use antrian_tests::app::Setup;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Action, Item, Switch, client};
use antrian_tests::{Person, TestApp};
use futures_util::future::join_all;
use serde_json::json;
use std::sync::Arc;

use super::{Coded, DAY, Handset, account_of, asks, digits, me, rests_after_a_day};

#[tokio::test]
async fn a_code_alone_opens_no_account_that_rested_and_the_digits_do() {
    let app = rests_after_a_day().await;
    let person = Person::register(&app, 1).await;
    let old = account_of(&app, &person).await;
    app.advance(DAY - 60);
    let fresh = Coded::new(&app, &person.phone).await.verify(json!({})).await;
    assert_eq!((fresh.status, fresh.text("account_id")), (200, old.clone()), "not yet");
    app.advance(DAY);
    let coded = Coded::new(&app, &person.phone).await;
    let asked = coded.verify(json!({})).await;
    insta::assert_json_snapshot!(asked.body, @r#"
    {
      "code": "owner_proof_needed",
      "detail": "Nomor ini sudah memiliki akun, tetapi akun itu lama tidak dipakai atau dulu terhubung dengan WhatsApp lain. Isi 8 angka terakhir NIK salah satu pemohon di akun itu; atau, bila nomor ini baru menjadi milik Anda, mulai akun baru: akun lama lalu tidak dapat dibuka lagi dari nomor ini.",
      "detail_en": "This number has an account already, but that account was not used for a long time, or from another WhatsApp. Give the last 8 digits of the NIK of one of its people; or, if the number has become yours only now, begin a new account: the old one can then no longer be opened from this number.",
      "status": 409,
      "title": "Conflict",
      "tries_left": 3,
      "type": "about:blank"
    }
    "#);
    assert_eq!(asked.status, 409);
    let malformed = coded.with_digits("9001").await;
    assert_eq!((malformed.status, malformed.code()), (422, "invalid_request"));
    let wrong = coded.with_digits("00000001").await;
    assert_eq!((wrong.status, wrong.code()), (409, "owner_proof_needed"));
    assert_eq!(wrong.body["tries_left"], 2, "what is no answer was not counted");
    let right = coded.with_digits(&digits(1)).await;
    assert_eq!((right.status, right.text("account_id")), (200, old.clone()), "{right:?}");
    assert_eq!(right.body["is_new_account"], json!(null));
    // From here on nothing is asked.
    let next = Coded::new(&app, &person.phone).await.verify(json!({})).await;
    assert_eq!((next.status, next.text("account_id")), (200, old));
}

#[tokio::test]
async fn who_asks_for_a_new_account_gets_one_and_the_old_one_is_closed() {
    let app = rests_after_a_day().await;
    let person = Person::register(&app, 1).await;
    let old = account_of(&app, &person).await;
    app.advance(DAY);
    let coded = Coded::new(&app, &person.phone).await;
    let anew = coded.verify(json!({"new_account": true})).await;
    assert_eq!((anew.status, &anew.body["is_new_account"]), (200, &json!(true)), "{anew:?}");
    assert_ne!(anew.text("account_id"), old);
    let mine = me(&app, &anew.text("token")).await;
    assert_eq!((&mine.body["applicants"], mine.text("phone")), (&json!([]), "62800•••001".into()));
    assert_eq!(me(&app, &person.token).await.status, 401);
    // An account in use is nobody's to leave behind.
    let again = Coded::new(&app, &person.phone).await.verify(json!({"new_account": true})).await;
    assert_eq!(again.text("account_id"), anew.text("account_id"));
}

#[tokio::test]
async fn chat_and_code_count_the_same_tries() {
    let app = rests_after_a_day().await;
    let person = Person::register(&app, 1).await;
    let old = account_of(&app, &person).await;
    app.advance(DAY);
    let mut phone = Handset::new(&app, "phone", &person.phone, None);
    assert!(asks(&phone.say("halo").await, 3));
    assert!(asks(&phone.say("00000001").await, 2));
    let coded = Coded::new(&app, &person.phone).await;
    assert_eq!(coded.verify(json!({})).await.body["tries_left"], 2);
    assert_eq!(coded.with_digits("00000002").await.body["tries_left"], 1);
    let last = coded.with_digits("00000003").await;
    assert_eq!((last.status, &last.body["is_new_account"]), (200, &json!(true)), "{last:?}");
    assert_ne!(last.text("account_id"), old);
    assert!(!asks(&phone.say(&digits(1)).await, 3), "it is settled for the chat too");
}

#[tokio::test]
async fn who_is_asked_in_the_chat_is_asked_on_the_web_and_the_owner_s_id_is_not() {
    let app = TestApp::start().await;
    let mut owner = Handset::new(&app, "owner", "6280000000001", Some("ID.first"));
    let token = owner.signs_in().await.text("token");
    let person = Person { token, phone: "6280000000001".to_owned() };
    assert_eq!(person.add(&app, 1).await.status, 201);
    let mut other = Handset::new(&app, "other", &person.phone, Some("ID.second"));
    assert!(asks(&other.say("halo").await, 3));
    let coded = Coded::new(&app, &person.phone).await;
    assert_eq!(coded.verify(json!({})).await.code(), "owner_proof_needed");
    assert!(!asks(&owner.say("menu").await, 3));
}

/// So many of ten answers at once are compared.
async fn compared(app: &TestApp, number: u32) -> usize {
    let person = Person::register(app, number).await;
    let account = account_of(app, &person).await.parse().unwrap();
    let store = app.stack.app.ledger.store();
    let causes: Vec<_> = (0..10).map(|cause| format!("cause-{cause}")).collect();
    let counted = causes.iter().map(|cause| store.count_owner_try(&account, cause));
    let counted = join_all(counted).await;
    counted.into_iter().filter(|left| left.as_ref().unwrap().is_some()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_at_once_are_counted_too() {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    assert_eq!(compared(&app, 1).await, MAX_OWNER_TRIES as usize);
    // Control: without the condition more are compared.
    let person = Person::register(&app, 2).await;
    let account = account_of(&app, &person).await.parse().unwrap();
    switch.arm(|call| match call.body.to_string().contains("owner_try") {
        true => without_conditions_on(&[Item::Account], call),
        false => Action::Pass,
    });
    let store = app.stack.app.ledger.store();
    let mut passed = 0;
    for cause in 0..5 {
        let counted = store.count_owner_try(&account, &format!("cause-{cause}")).await.unwrap();
        passed += u32::from(counted.is_some());
    }
    switch.disarm();
    assert!(passed > MAX_OWNER_TRIES, "{passed}");
}

#[tokio::test]
async fn the_same_answer_again_is_counted_once() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let account = account_of(&app, &person).await.parse().unwrap();
    let store = app.stack.app.ledger.store();
    for (cause, left) in [("a", Some(2)), ("a", Some(2)), ("b", Some(1)), ("c", Some(0))] {
        assert_eq!(store.count_owner_try(&account, cause).await.unwrap(), left, "{cause}");
    }
    assert_eq!(store.count_owner_try(&account, "c").await.unwrap(), Some(0), "dealt with again");
    assert_eq!(store.count_owner_try(&account, "d").await.unwrap(), None);
}
