//! Which documents to bring, asked before anything is booked: for which service, and for whom where that
//! matters. Where no office was named, by the national rules alone.

use super::open::office_said;
use super::pick::PapersWish;
use super::spelling;
use super::state::Chat;
use super::turn::{Act, World};
use crate::document::{ApplicantKind, Document};
use crate::ids::{OfficeId, ServiceId};
use crate::office::Service;
use crate::requirements::{Circumstances, national, requirements};

impl Chat {
    /// `syarat paspor baru anak di Makassar`, or any part of it.
    pub(super) fn papers_said(&self, text: &str, world: &World<'_>) -> Act {
        let only = if let [only] = world.offices { Some(only.id.clone()) } else { None };
        let office = office_said(text, world).or_else(|| self.draft.office.clone()).or(only);
        let wish = PapersWish { service: None, kind: kind_said(text), office };
        let services = services_of(&wish, world);
        let service = match &*services {
            [only] => Some(only.id.clone()),
            services => service_said(text, services)
                .or_else(|| self.draft.service.clone())
                .filter(|id| services.iter().any(|service| service.id == *id)),
        };
        self.papers(PapersWish { service, ..wish }, world)
    }

    /// The documents, or what must be known for them.
    pub(super) fn papers(&self, wish: PapersWish, world: &World<'_>) -> Act {
        let Some(service) = wish.service.clone() else { return Act::AskPapersService(wish) };
        let of = |kind| documents(&wish, &service, kind, self, world);
        let is_alike = of(ApplicantKind::Adult) == of(ApplicantKind::Child);
        match wish.kind {
            Some(kind) => Act::Papers(service, kind, wish.office),
            None if is_alike => Act::Papers(service, ApplicantKind::Adult, wish.office),
            None => Act::AskPapersKind(wish),
        }
    }
}

/// The services that may be meant: those of the office, or else of all.
pub fn services_of<'a>(wish: &PapersWish, world: &World<'a>) -> Vec<&'a Service> {
    let is_there = |id: &OfficeId| wish.office.as_ref().is_none_or(|office| office == id);
    let mut found: Vec<&Service> = vec![];
    for office in world.offices.iter().filter(|office| is_there(&office.id)) {
        for service in &office.services {
            if found.iter().all(|known| known.id != service.id) {
                found.push(service);
            }
        }
    }
    found
}

fn documents(
    wish: &PapersWish,
    service: &ServiceId,
    applicant: ApplicantKind,
    chat: &Chat,
    world: &World<'_>,
) -> Vec<Document> {
    let date = chat.today(world);
    let about = Circumstances { service, applicant, ktp_regency: None, date };
    let mut offices = world.offices.iter();
    let office = offices.find(|office| Some(&office.id) == wish.office.as_ref());
    office.map_or_else(|| national(&about), |office| requirements(office, &about)).documents
}

fn service_said(text: &str, services: &[&Service]) -> Option<ServiceId> {
    let names: Vec<_> = services
        .iter()
        .map(|service| vec![service.name.id.clone(), service.name.en.clone()])
        .collect();
    let rest: Vec<_> = text.split_whitespace().filter(|word| !is_beside(word)).collect();
    let whole = spelling::said_in(text, &names);
    let found = if whole.is_empty() { spelling::meant(&rest.join(" "), &names) } else { whole };
    if let [only] = *found { Some(services[only].id.clone()) } else { None }
}

/// Words around the name of a service.
fn is_beside(word: &str) -> bool {
    let word = word.to_lowercase();
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    kind_of_word(word).is_some()
        || ["syarat", "persyarat", "dokumen", "requirement", "document"]
            .iter()
            .any(|begin| word.starts_with(begin))
        || matches!(
            word,
            "untuk"
                | "buat"
                | "bikin"
                | "apa"
                | "saja"
                | "for"
                | "a"
                | "the"
                | "of"
                | "kak"
                | "pak"
                | "bu"
                | "min"
        )
}

fn kind_said(text: &str) -> Option<ApplicantKind> {
    let text = text.to_lowercase();
    text.split(|c: char| !c.is_alphanumeric()).find_map(kind_of_word)
}

fn kind_of_word(word: &str) -> Option<ApplicantKind> {
    match word {
        "anak" | "anaknya" | "bayi" | "balita" | "child" | "children" | "kid" | "kids" | "baby" => {
            Some(ApplicantKind::Child)
        }
        "dewasa" | "adult" | "adults" => Some(ApplicantKind::Adult),
        _ => None,
    }
}
