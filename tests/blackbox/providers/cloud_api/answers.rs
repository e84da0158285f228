//! What is made of Meta's answers.

use super::*;

async fn refused(status: u16, body: impl ToString, attempt: u32) -> SendError {
    let fake = Fake::start().await;
    fake.reply(status, body);
    let message = Outgoing { attempt, ..text("Halo") };
    api(&fake.url).send(&message).await.unwrap_err()
}

#[tokio::test]
async fn the_code_of_an_error_decides_not_its_status() {
    for (expected, codes) in [
        ("limited", &[4, 80_007, 130_429][..]),
        ("later", &[1, 2, 131_000, 131_016, 131_057, 133_004][..]),
        ("slower", &[131_056]),
        ("window", &[131_047]),
        ("undeliverable", &[131_026, 131_049, 130_472, 131_050, 131_062]),
        ("stopped", &[131_048, 368, 131_031, 130_497, 0, 10, 190, 200, 250, 299]),
        ("defect", &[100, 131_008, 131_009, 131_051, 131_053, 132_000, 132_007, 132_016]),
    ] {
        for code in codes {
            for status in [400, 500] {
                let body = json!({"error": {"message": "no", "code": code}});
                let error = refused(status, body, 1).await;
                assert_eq!(outcome(&error), expected, "{code} with {status}");
            }
        }
    }
}

#[tokio::test]
async fn who_writes_to_a_person_too_fast_waits_four_times_as_long_each_time() {
    for (attempt, secs) in [(1, 4), (2, 16), (3, 64), (6, 4_096), (9, 4_096)] {
        let error = refused(400, json!({"error": {"code": 131_056}}), attempt).await;
        let after = Some(TimeDelta::seconds(secs));
        assert_eq!(error, SendError::Later { code: "131056".to_owned(), after });
    }
}

#[tokio::test]
async fn an_answer_without_a_known_code_is_judged_by_what_may_have_happened() {
    for (status, body, expected) in [
        (500, r#"{"error":{"code":777777}}"#, "later"),
        (400, r#"{"error":{"code":777777}}"#, "defect"),
        (500, "", "unknown"),
        (502, "<html>", "unknown"),
        (504, r#"{"message":"timed out"}"#, "unknown"),
        (429, "", "limited"),
        (404, "", "defect"),
        (302, "", "defect"),
        (200, "", "unknown"),
        (200, r#"{"messages":[]}"#, "unknown"),
    ] {
        assert_eq!(outcome(&refused(status, body, 1).await), expected, "{status} {body}");
    }
}

#[tokio::test]
async fn nobody_at_the_other_end_is_certainly_not_sent() {
    let url = Fake::start().await.url.clone();
    let error = api(&url).send(&text("Halo")).await.unwrap_err();
    assert_eq!(error, SendError::Later { code: "network".to_owned(), after: None });
}

#[tokio::test]
async fn a_message_whose_answer_is_lost_may_have_been_sent() {
    let fake = Fake::start().await;
    fake.stay_silent();
    assert_eq!(api(&fake.url).send(&text("Halo")).await, Err(SendError::Unknown));
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn an_upload_that_fails_sends_nothing_and_can_be_done_again() {
    for (status, body, expected) in [
        (500, "", "later"),
        (400, r#"{"error":{"code":131053}}"#, "defect"),
        (401, r#"{"error":{"code":190}}"#, "stopped"),
    ] {
        let fake = Fake::start().await;
        fake.reply(status, body);
        let error = api(&fake.url).send(&outgoing(picture())).await.unwrap_err();
        assert_eq!(outcome(&error), expected, "{status} {body}");
        assert_eq!(fake.asked().len(), 1);
    }
}

#[tokio::test]
async fn what_is_too_long_is_not_even_asked() {
    let fake = Fake::start().await;
    let error = api(&fake.url).send(&text(&"x".repeat(4_097))).await.unwrap_err();
    assert_eq!(error, SendError::Defect { code: "text_length".to_owned() });
    assert!(fake.asked().is_empty());
}
