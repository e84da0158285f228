//! The report as a page, and as a file that adds up to it.

use antrian_tests::app::DATE;
use antrian_tests::{Browser, TestApp};

use super::START;
use crate::reports::play_day;

const REPORT: &str = "/petugas/uji/laporan";

async fn as_auditor(app: &TestApp) -> Browser {
    let mut browser = Browser::new(app);
    browser.sign_in_as("local-auditor", START).await;
    browser
}

/// Numbers of a column of a CSV file.
fn column(csv: &str, name: &str) -> Vec<u32> {
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let at = names.iter().position(|known| *known == name).unwrap();
    lines.map(|line| line[at].parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_its_file_say_the_same_of_a_day() {
    let app = TestApp::with_quota(6).await;
    play_day(&app).await;
    let mut auditor = as_auditor(&app).await;
    assert!(auditor.get(START).await.html.contains(REPORT));
    let page = auditor.get(&format!("{REPORT}?dari={DATE}&sampai={DATE}")).await;
    assert_eq!(page.status, 200, "{page:?}");
    for said in [
        "Rabu, 2 Desember 2026",
        "<dt>terjadwal</dt><dd class=\"num\">6</dd>",
        "<dt>datang</dt><dd class=\"num\">4</dd>",
        "<dt>tidak datang</dt><dd class=\"num\">1</dd>",
        "Menurut jam",
        "<svg class=\"chart\"",
        "Tanpa janji",
        "KTP",
    ] {
        assert!(page.html.contains(said), "{said}: {page:?}");
    }
    assert!(!page.html.contains("Contoh"), "no names");
    let address = page.between("href=\"/petugas/uji/laporan.csv", "\"").replace("&#38;", "&");
    let file = auditor.get(&format!("/petugas/uji/laporan.csv{address}")).await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(file.header("content-disposition").contains("antrian-uji-2026-12-02"));
    let sum = |name| column(&file.html, name).iter().sum::<u32>();
    let figures = ["booked", "came", "served", "no_shows", "cancelled", "moved_away"].map(sum);
    assert_eq!(figures, [6, 4, 2, 1, 1, 1], "{}", file.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_anything_says_so_and_wrong_dates_stay_as_they_were_typed() {
    let app = TestApp::with_quota(6).await;
    let mut auditor = as_auditor(&app).await;
    let today = auditor.get(REPORT).await;
    assert!(today.html.contains("Belum ada yang selesai"), "{today:?}");
    let week = auditor.get(&format!("{REPORT}?dari=01+12+2026&sampai=07+12+2026")).await;
    assert!(week.html.contains("Menurut tanggal"), "typed by day, month, year: {week:?}");
    let wrong = auditor.get(&format!("{REPORT}?dari=2026-12-09&sampai=2026-12-02")).await;
    assert_eq!(wrong.status, 422);
    for said in
        ["<title>Salah:", "href=\"#sampai\"", "value=\"2026-12-09\"", "paling banyak 31 hari"]
    {
        assert!(wrong.html.contains(said), "{said}: {wrong:?}");
    }
    let none = auditor.get(&format!("{REPORT}?dari=besok")).await;
    assert!(none.html.contains("href=\"#dari\""), "{none:?}");
}
