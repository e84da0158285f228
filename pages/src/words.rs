//! Words of the domain that pages of both kinds say.

use antrian::domain::ids::ServiceId;
use antrian::domain::office::{Channel, Office, Season};
use antrian::domain::person::Category;

use crate::page::Page;

/// A category in words.
pub fn category_words(page: &Page, category: Category) -> &'static str {
    match category {
        Category::General => page.say("Umum", "General"),
        Category::Elderly => page.say("Lansia (60 tahun ke atas)", "Elderly (60 and above)"),
        Category::Disabled => page.say("Penyandang disabilitas", "With a disability"),
        Category::Pregnant => page.say("Ibu hamil", "Pregnant"),
        Category::Toddler => page.say("Balita (di bawah 5 tahun)", "Child below 5"),
    }
}

/// Every category with its name in forms, in the order in which people are asked.
pub fn categories(page: &Page) -> [(&'static str, &'static str); 5] {
    use Category::{Disabled, Elderly, General, Pregnant, Toddler};
    let all = [General, Elderly, Disabled, Pregnant, Toddler];
    all.map(|category| (category.as_str(), category_words(page, category)))
}

/// The dates of a season of an office.
pub fn season_dates(page: &Page, season: &Season) -> String {
    match season.until {
        Some(until) => page.dates(season.from, until),
        None => format!("{} {}", page.say("mulai", "from"), page.date(season.from)),
    }
}

/// A service as its office calls it.
pub fn service_name(page: &Page, office: &Office, id: &ServiceId) -> String {
    let service = office.service(id);
    service.map_or_else(|| id.to_string(), |service| page.text(&service.name).to_owned())
}

/// A way to book, in words.
pub fn channel_words(page: &Page, channel: Channel) -> &'static str {
    match channel {
        Channel::Web => page.say("Web", "Web"),
        Channel::Whatsapp => "WhatsApp",
        Channel::Priority => page.say("Prioritas", "Priority"),
        Channel::WalkIn => page.say("Tanpa janji", "Without a booking"),
    }
}
