//! What an office was described as: every write of it leaves a version.

use antrian_tests::offices::OFFICE;
use antrian_tests::{Answer, Recorder, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::close;

async fn get(app: &TestApp, path: &str) -> Answer {
    let staff = app.staff(OFFICE, &["office_admin"]).await;
    app.call(Method::GET, &format!("/v1/offices/{OFFICE}/{path}"), Some(&staff), None).await
}

async fn put(app: &TestApp, query: &str, office: &Value) -> Answer {
    let staff = app.staff(OFFICE, &["office_admin"]).await;
    let path = format!("/v1/offices/{OFFICE}{query}");
    app.call(Method::PUT, &path, Some(&staff), Some(office.clone())).await
}

/// The office as a revision left it.
async fn office(app: &TestApp, revision: u32) -> Value {
    get(app, &format!("versions/{revision}")).await.body["office"].clone()
}

fn revisions(list: &Value) -> Vec<u64> {
    let versions = list["versions"].as_array().unwrap();
    versions.iter().map(|version| version["revision"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn every_write_leaves_a_version_that_can_be_read_and_brought_back() {
    let app = TestApp::start().await;
    let first = get(&app, "versions/1").await;
    assert!(first.body.get("written_by").is_none(), "by the installation: {first:?}");
    let mut changed = first.body["office"].clone();
    changed["sessions"][0]["quota"] = json!(7);
    assert_eq!(put(&app, "", &changed).await.status, 200);
    close(&app, &["2026-12-10"]).await;

    let list = get(&app, "versions").await;
    assert_eq!(revisions(&list.body), [3, 2, 1], "{list:?}");
    assert_eq!(list.body["next"], Value::Null);
    assert!(list.body["versions"][1]["written_by"].is_string(), "{list:?}");
    let written_at = list.body["versions"][1]["written_at"].as_str().unwrap();
    assert!(written_at.starts_with("2026-11-30T08:0"), "in the office's zone: {written_at}");
    assert_eq!(revisions(&get(&app, "versions?before=2").await.body), [1]);
    assert_eq!(office(&app, 2).await["sessions"][0]["quota"], 7);
    let closed = office(&app, 3).await;
    assert_eq!(closed["exceptions"]["2026-12-10"]["open"], false, "{closed}");

    let mut back = office(&app, 1).await;
    back["exceptions"] = closed["exceptions"].clone();
    assert_eq!(put(&app, "?revision=3", &back).await.status, 200);
    assert_eq!(office(&app, 4).await, back);
    for (path, status) in [("versions/5", 404), ("versions/x", 404), ("versions?before=x", 422)] {
        assert_eq!(get(&app, path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_description_that_was_made_for_another_revision_replaces_nothing() {
    let app = TestApp::start().await;
    let mut mine = office(&app, 1).await;
    let mut theirs = mine.clone();
    theirs["name"] = json!("Kantor Lain");
    mine["address"] = json!("Jalan Baru 1");
    assert_eq!(put(&app, "?revision=1", &theirs).await.status, 200);
    let refused = put(&app, "?revision=1", &mine).await;
    assert_eq!((refused.status, refused.code()), (409, "changed_meanwhile"), "{refused:?}");
    assert_eq!(revisions(&get(&app, "versions").await.body), [2, 1], "and leaves no version");
    assert_eq!(put(&app, "", &mine).await.status, 200, "control: without one it is replaced");
}

#[tokio::test]
async fn an_office_of_an_earlier_release_keeps_its_first_version_at_its_first_change() {
    let (app, recorder) = Recorder::start().await;
    let before = office(&app, 1).await;
    let mut items = recorder.items().await;
    items.retain(|item| !item["pk"]["S"].as_str().unwrap().starts_with("VERSIONS#"));
    recorder.restore(&items).await;
    assert_eq!(revisions(&get(&app, "versions").await.body), [0_u64; 0]);
    let mut changed = before.clone();
    changed["sessions"][0]["quota"] = json!(7);
    assert_eq!(put(&app, "", &changed).await.status, 200);
    let list = get(&app, "versions").await;
    assert_eq!(revisions(&list.body), [2, 1], "{list:?}");
    assert!(list.body["versions"][1].get("written_at").is_none(), "nobody knows when: {list:?}");
    assert_eq!(office(&app, 1).await, before);
}
