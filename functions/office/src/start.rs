//! Where staff begin: their offices, and what they may do there.

use antrian::domain::office::Office;
use antrian::http::{AppState, Routes};
use antrian::staff::{Role, Scope};
use antrian_pages::page::{Page, Shown, own};
use askama::Template;
use axum::extract::State;
use axum::routing::get;

use crate::paths;
use crate::session::Clerk;

pub(crate) fn routes() -> Routes {
    Routes::new().route("/petugas", get(start))
}

#[derive(Template)]
#[template(path = "start.html")]
struct Start {
    page: Page,
    roles: Vec<&'static str>,
    offices: Vec<OfficeRow>,
}

struct OfficeRow {
    name: String,
    /// Addresses with what they are called.
    links: Vec<(String, &'static str)>,
}

async fn start(State(app): State<AppState>, page: Page, clerk: Clerk) -> Shown {
    let directory = app.ledger.offices().all(app.clock.now()).await?;
    let own_offices =
        directory.offices.iter().filter(|office| clerk.staff().offices.contains(&office.id));
    let row = |office: &std::sync::Arc<Office>| OfficeRow {
        name: office.name.clone(),
        links: links(&page, &clerk, office),
    };
    let offices = own_offices.map(row).collect();
    let roles = clerk.staff().roles.iter().map(|role| role_name(&page, *role)).collect();
    Ok(own(&Start { roles, offices, page }))
}

fn links(page: &Page, clerk: &Clerk, office: &Office) -> Vec<(String, &'static str)> {
    let all = [
        (Scope::Desk, paths::scan(&office.id), page.say("Pindai tiket", "Scan tickets")),
        (Scope::Desk, paths::walk_in(&office.id), page.say("Tanpa janji", "Without a booking")),
        (Scope::Desk, paths::roster(&office.id), page.say("Kunjungan", "Visits")),
        (Scope::Desk, paths::by_nik(&office.id), page.say("Cari dengan NIK", "Look by NIK")),
        (Scope::Queue, paths::counters(&office.id), page.say("Loket", "Counter")),
        (Scope::Office, paths::quotas(&office.id), page.say("Kuota", "Quotas")),
        (Scope::Office, paths::closing(&office.id), page.say("Tutup hari", "Close days")),
        (Scope::Office, paths::settings(&office.id), page.say("Pengaturan", "Settings")),
        (Scope::Read, paths::hall(&office.id), page.say("Papan antrean", "Hall display")),
        (Scope::Read, paths::report(&office.id), page.say("Laporan", "Report")),
    ];
    let may = all.into_iter().filter(|(scope, ..)| clerk.staff().may(*scope, &office.id));
    may.map(|(_, path, name)| (path, name)).collect()
}

fn role_name(page: &Page, role: Role) -> &'static str {
    match role {
        Role::Desk => page.say("petugas pintu", "clerk at the door"),
        Role::Counter => page.say("petugas loket", "clerk at a counter"),
        Role::OfficeAdmin => page.say("kepala kantor", "head of the office"),
        Role::Admin => page.say("direktorat", "directorate"),
        Role::Auditor => page.say("pemeriksa", "auditor"),
    }
}
