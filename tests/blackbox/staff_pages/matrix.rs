//! Who may ask for what: every request of staff, by the API or a page, and every role. A request without a
//! row fails.

use std::collections::BTreeSet;

use antrian::staff::{Role, Scope};
use antrian_tests::Browser;
use antrian_tests::offices::OFFICE;

use crate::operations::{World, operations};

/// What a request asks for.
const API: [(&str, Scope); 33] = [
    ("POST /v1/check-ins", Scope::Desk),
    ("POST /v1/check-ins/batch", Scope::Desk),
    ("DELETE /v1/check-ins/{code}", Scope::Desk),
    ("POST /v1/check-ins/{code}/documents", Scope::Desk),
    ("POST /v1/check-ins/{code}/excuse", Scope::Desk),
    ("POST /v1/check-ins/{code}/priority", Scope::Desk),
    ("GET /v1/offices/{office}/bookings/{code}", Scope::Desk),
    ("POST /v1/offices/{office}/bookings/{code}/cancel", Scope::Desk),
    ("POST /v1/offices/{office}/bookings/{code}/reschedule", Scope::Desk),
    ("POST /v1/offices/{office}/person-releases", Scope::Desk),
    ("GET /v1/offices/{office}/roster", Scope::Desk),
    ("GET /v1/offices/{office}/report", Scope::Read),
    ("GET /v1/offices/{office}/walk-ins", Scope::Desk),
    ("POST /v1/offices/{office}/walk-ins", Scope::Desk),
    ("GET /v1/offices/{office}/queue", Scope::Read),
    ("POST /v1/offices/{office}/queue/call", Scope::Queue),
    ("POST /v1/offices/{office}/queue/{step}", Scope::Queue),
    ("POST /v1/offices/{office}/queue/transfer", Scope::Queue),
    ("POST /v1/offices/{office}/queue/bring-back", Scope::Queue),
    ("PUT /v1/offices/{office}/counters/{counter}", Scope::Queue),
    ("GET /v1/offices/{office}/queue-numbers/{number}", Scope::Queue),
    ("PUT /v1/offices/{office}", Scope::Office),
    ("GET /v1/offices/{office}/versions", Scope::Office),
    ("GET /v1/offices/{office}/versions/{revision}", Scope::Office),
    ("PUT /v1/offices/{office}/calendar", Scope::Office),
    ("POST /v1/offices/{office}/closures", Scope::Office),
    ("POST /v1/offices/{office}/closures/preview", Scope::Office),
    ("POST /v1/offices/{office}/releases", Scope::Office),
    ("PATCH /v1/offices/{office}/slots/{date}/{slot}", Scope::Office),
    ("GET /v1/staff/audit", Scope::Read),
    ("GET /v1/staff/denials", Scope::Admin),
    ("PUT /v1/staff/denials/{subject}", Scope::Admin),
    ("DELETE /v1/staff/denials/{subject}", Scope::Admin),
];

/// What a page asks for; nothing: anybody who is signed in, or nobody at all.
const PAGES: [(&str, Option<Scope>); 45] = [
    ("GET /petugas", None),
    ("GET /petugas/aset/{name}", None),
    ("GET /petugas/masuk", None),
    ("GET /petugas/masuk/mulai", None),
    ("GET /petugas/masuk/kembali", None),
    ("GET /petugas/keluar", None),
    ("POST /petugas/keluar", None),
    ("GET /petugas/{office}/loket", Some(Scope::Queue)),
    ("POST /petugas/{office}/loket", Some(Scope::Queue)),
    ("GET /petugas/{office}/pindai", Some(Scope::Desk)),
    ("POST /petugas/{office}/pindai", Some(Scope::Desk)),
    ("GET /petugas/pindai.js", None),
    ("GET /petugas/{office}/pindai/daftar", Some(Scope::Desk)),
    ("POST /petugas/{office}/pindai/simpanan", Some(Scope::Desk)),
    ("GET /petugas/{office}/pindai/{code}", Some(Scope::Desk)),
    ("POST /petugas/{office}/pindai/{code}/dokumen", Some(Scope::Desk)),
    ("POST /petugas/{office}/pindai/{code}/batal", Some(Scope::Desk)),
    ("GET /petugas/{office}/laporan", Some(Scope::Read)),
    ("GET /petugas/{office}/laporan.csv", Some(Scope::Read)),
    ("GET /petugas/{office}/kunjungan", Some(Scope::Desk)),
    ("POST /petugas/{office}/kunjungan", Some(Scope::Desk)),
    ("GET /petugas/{office}/kunjungan/{code}", Some(Scope::Desk)),
    ("POST /petugas/{office}/kunjungan/{code}/pindah", Some(Scope::Desk)),
    ("GET /petugas/{office}/kunjungan/{code}/data", Some(Scope::Desk)),
    ("POST /petugas/{office}/kunjungan/{code}/data", Some(Scope::Desk)),
    ("POST /petugas/{office}/kunjungan/{code}/batal", Some(Scope::Desk)),
    ("POST /petugas/{office}/kunjungan/{code}/maafkan", Some(Scope::Desk)),
    ("GET /petugas/{office}/nik", Some(Scope::Desk)),
    ("POST /petugas/{office}/nik", Some(Scope::Desk)),
    ("GET /petugas/{office}/kuota", Some(Scope::Office)),
    ("POST /petugas/{office}/kuota", Some(Scope::Office)),
    ("POST /petugas/{office}/kuota/buka", Some(Scope::Office)),
    ("GET /petugas/{office}/pengaturan", Some(Scope::Office)),
    ("POST /petugas/{office}/pengaturan", Some(Scope::Office)),
    ("GET /petugas/{office}/pengaturan.json", Some(Scope::Office)),
    ("POST /petugas/{office}/pengaturan/berkas", Some(Scope::Office)),
    ("GET /petugas/{office}/pengaturan/versi/{revision}", Some(Scope::Office)),
    ("GET /petugas/{office}/tutup", Some(Scope::Office)),
    ("POST /petugas/{office}/tutup", Some(Scope::Office)),
    ("GET /petugas/{office}/tutup/rencana", Some(Scope::Office)),
    ("GET /petugas/{office}/tutup/keadaan", Some(Scope::Office)),
    ("POST /petugas/{office}/tutup/buka", Some(Scope::Office)),
    ("GET /petugas/{office}/tanpa-janji", Some(Scope::Desk)),
    ("POST /petugas/{office}/tanpa-janji", Some(Scope::Desk)),
    ("GET /petugas/{office}/slip/{code}", Some(Scope::Desk)),
];

/// The made-up clerk of each role.
fn clerk(role: Role) -> &'static str {
    match role {
        Role::Desk => "local-desk",
        Role::Counter => "local-counter",
        Role::OfficeAdmin => "local-head",
        Role::Admin => "local-directorate",
        Role::Auditor => "local-auditor",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_of_staff_is_answered_to_the_roles_of_the_table_and_to_no_other() {
    let world = World::start().await;
    let mut seen = BTreeSet::new();
    for operation in operations().iter().filter(|one| one.scope.is_some()) {
        let request = format!("{} {}", operation.method, operation.path);
        let row = API.iter().find(|(known, _)| *known == request);
        let (known, scope) = row.unwrap_or_else(|| panic!("{request} has no row"));
        seen.insert(*known);
        for role in Role::ALL {
            // Who is denied and what the audit finds is a matter of all offices.
            let office = if known.contains(" /v1/staff/") { "*" } else { OFFICE };
            let token = world.app.staff(office, &[role.group()]).await;
            let request = world.bare(operation.method.clone(), &world.path(operation));
            let request = request.bearer_auth(token).header("idempotency-key", role.group());
            let request = match operation.body {
                Some(_) => request.json(&world.good_body(operation)),
                None => request,
            };
            let status = request.send().await.unwrap().status().as_u16();
            let may = role.scopes().contains(scope);
            assert_eq!(status != 403, may, "{known} by {role:?}: {status}");
        }
        let stranger = world.bare(operation.method.clone(), &world.path(operation));
        assert_eq!(stranger.send().await.unwrap().status(), 401, "{known} by nobody");
    }
    let known: BTreeSet<_> = API.iter().map(|(request, _)| *request).collect();
    assert_eq!(seen, known, "every row is a request");
}

/// The requests of pages, from the code, as `infra/functions.py` reads them.
fn page_requests() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../functions/office/src");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let code: String = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let mut all = BTreeSet::new();
    for route in code.split(".route(").skip(1) {
        let Some(path) = route.trim_start().strip_prefix('"') else { continue };
        let (path, handlers) = path.split_once('"').unwrap();
        let handlers = handlers.split(".merge(").next().unwrap().split(";").next().unwrap();
        let handlers = handlers.split("\n}").next().unwrap();
        for (word, method) in [("get(", "GET"), ("post(", "POST")] {
            if handlers.contains(word) {
                all.insert(format!("{method} {path}"));
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_shown_to_the_roles_of_the_table_and_to_no_other() {
    let world = World::start().await;
    let known: BTreeSet<_> = PAGES.iter().map(|(request, _)| (*request).to_owned()).collect();
    assert_eq!(page_requests(), known, "a page without a row, or a row without a page");
    for role in Role::ALL {
        let mut browser = Browser::new(&world.app);
        browser.sign_in_as(clerk(role), super::START).await;
        for (request, scope) in &PAGES {
            let Some(scope) = scope else { continue };
            let (method, path) = request.split_once(' ').unwrap();
            let path = path.replace("{office}", OFFICE).replace("{code}", &world.code);
            let path = path.replace("{revision}", "1");
            let shown = match method {
                "GET" => browser.get(&path).await,
                _ => browser.post(&path, &[("isi", &*world.code)]).await,
            };
            let may = role.scopes().contains(scope);
            assert_eq!(shown.status != 403, may, "{request} by {role:?}: {}", shown.status);
            let elsewhere = path.replace(&format!("/{OFFICE}"), "/lain");
            let is_there = browser.get(&elsewhere).await.status == 200;
            assert!(!is_there, "{elsewhere} by {role:?}");
        }
    }
}
