//! The question that is open: what is an answer to it, and that it is put again after what is none.

use super::pick::Pick;
use super::services;
use super::spelling;
use super::state::{Chat, Draft, Question};
use super::turn::{Act, Remark, World};
use super::words;
use crate::booking::{Booking, Status};
use crate::code::BookingCode;
use crate::ids::{OfficeId, ServiceId};
use crate::office::Office;

/// What people call an office: also where it is the only one of its province.
fn office_names(office: &Office) -> Vec<String> {
    let province = office.province.clone();
    vec![office.city.clone(), office.id.to_string(), office.name.clone(), province]
}

impl Chat {
    /// What was offered in the row of this number or under these words.
    pub(super) fn typed_pick(&self, text: &str, number: Option<u32>) -> Option<Pick> {
        // What an earlier version of the system has offered may say nothing to this one.
        self.offered_as(text, number)?.id.parse().ok()
    }

    /// What was offered under exactly these words, in either language: a title means its button, whatever
    /// its words mean elsewhere.
    pub(super) fn titled_pick(&self, text: &str) -> Option<Pick> {
        if self.question == Question::SignIn {
            return None;
        }
        self.offered_titled(text)?.id.parse().ok()
    }

    /// A number or words instead of a tap, or the answer to a question that offers nothing to tap.
    pub(super) fn typed(&mut self, text: &str, number: Option<u32>, world: &World<'_>) -> Act {
        // An office has more names than stand on its row.
        let is_office = self.question == Question::Office && number.is_none();
        if let Some(pick) = self.typed_pick(text, number).filter(|_| !is_office) {
            return self.picked(pick, world);
        }
        if (self.asks_of_wish() || self.question == Question::Idle)
            && let Some(earliest) = words::earliest(text, self.today(world))
        {
            self.note_place(text, world);
            self.draft.earliest = Some(earliest);
            (self.draft.date, self.draft.time) = (None, None);
            return self.next(world);
        }
        match self.question {
            Question::Idle | Question::Confirm(_) if words::asks_for_papers(text) => {
                self.papers_said(text, world)
            }
            Question::Details => self.wish(words::details(text, self.today(world)), world),
            Question::Office => self.office_typed(text, world),
            Question::Service => match self.service_typed(text, world) {
                Some(service) => self.picked(Pick::Service(service), world),
                None => self.again(world),
            },
            Question::Date => match self.first_wanted(text, |pick| matches!(pick, Pick::Date(_))) {
                Some(first) => self.picked(first, world),
                None => self.again(world),
            },
            Question::Hour => self.hour_typed(text, world),
            Question::Idle if words::asks_for_passport(text) => self.wished_in(text, world),
            // A city, and perhaps a service.
            Question::Idle if words::is_short(text) => match office_said(text, world) {
                Some(_) => self.wished_in(text, world),
                None => self.again(world),
            },
            _ => self.again(world),
        }
    }

    /// Whether something is asked that is offered in a list while a wish is put together.
    pub(super) fn asks_of_wish(&self) -> bool {
        matches!(
            self.question,
            Question::Office
                | Question::Service
                | Question::Person
                | Question::Date
                | Question::Hour
        )
    }

    fn office_typed(&mut self, text: &str, world: &World<'_>) -> Act {
        let had_service = self.draft.service.is_some();
        self.note_service(text, world);
        let online: Vec<_> = world.offices.iter().map(|office| office_names(office)).collect();
        if let [only] = *spelling::meant(text, &online) {
            return self.picked(Pick::Office(world.offices[only].id.clone()), world);
        }
        if let Some(office) = office_said(text, world) {
            return self.picked(Pick::Office(office), world);
        }
        let others: Vec<_> = world.offline.iter().map(|office| office_names(office)).collect();
        match *spelling::meant(text, &others) {
            [only] => Act::NotOnline(world.offline[only].id.clone()),
            // It was an answer to the next question.
            _ if self.draft.service.is_some() && !had_service => Act::AskOffice(0),
            _ => self.again(world),
        }
    }

    /// `9`, `jam sembilan pagi`, `terserah`, `yang paling pagi`.
    fn hour_typed(&mut self, text: &str, world: &World<'_>) -> Act {
        if words::leaves_the_choice(text) {
            self.draft.any_hour = true;
            return self.next(world);
        }
        if let Some(first) = self.first_wanted(text, |pick| matches!(pick, Pick::Slot(..))) {
            return self.picked(first, world);
        }
        if let Some(time) = words::hour(text) {
            self.draft.time = Some(time);
            return self.next(world);
        }
        match (self.draft.date, words::part_of_day(text)) {
            (Some(date), Some(from)) => Act::AskHour(date, Some(from)),
            _ => self.again(world),
        }
    }

    /// The first of what was offered, if the answer wants that or anything.
    fn first_wanted(&self, text: &str, is_it: fn(&Pick) -> bool) -> Option<Pick> {
        if !words::wants_the_first(text) && !words::leaves_the_choice(text) {
            return None;
        }
        let mut picks = self.offered.iter().filter_map(|offer| offer.id.parse().ok());
        picks.find(is_it)
    }

    pub(super) fn service_typed(&self, text: &str, world: &World<'_>) -> Option<ServiceId> {
        let services = &world.office(&self.draft)?.services;
        let names: Vec<_> = services
            .iter()
            .map(|service| vec![service.name.id.clone(), service.name.en.clone()])
            .collect();
        match *spelling::meant(text, &names) {
            [only] => Some(services[only].id.clone()),
            _ => services::said(text, services.iter()),
        }
    }

    /// The office that a question for a contact is about, online or not.
    pub(super) fn contact_of(&self, text: &str, world: &World<'_>) -> Option<OfficeId> {
        let all: Vec<_> = world.offices.iter().chain(world.offline).collect();
        let names: Vec<_> = all.iter().map(|office| office_names(office)).collect();
        match (&*spelling::said_in(text, &names), world.offices) {
            ([only], _) => Some(all[*only].id.clone()),
            (_, [only]) => Some(only.id.clone()),
            _ => self.draft.office.clone(),
        }
    }

    /// A sentence that wants a passport, perhaps somewhere.
    fn wished_in(&mut self, text: &str, world: &World<'_>) -> Act {
        self.draft = Draft::default();
        self.begun_at(text, world).unwrap_or(Act::Say(Remark::Example))
    }

    /// What comes next in a booking that a sentence begins, if it says where or what.
    pub(super) fn begun_at(&mut self, text: &str, world: &World<'_>) -> Option<Act> {
        self.note_place(text, world);
        self.draft.earliest = words::earliest(text, self.today(world));
        let is_known = self.draft.office.is_some() || self.draft.service.is_some();
        is_known.then(|| self.next(world))
    }

    /// The same beside a person's details, where a city may be that of the KTP: the office is where people
    /// say that they go.
    pub(super) fn note_marked_place(&mut self, text: &str, world: &World<'_>) {
        if self.draft.office.is_none() {
            self.draft.office = office_marked(text, world);
        }
        self.note_service(text, world);
    }

    /// Takes the office and the service that a sentence names, where none is known yet.
    pub(super) fn note_place(&mut self, text: &str, world: &World<'_>) {
        if self.draft.office.is_none() {
            self.draft.office = office_said(text, world);
        }
        self.note_service(text, world);
    }

    fn note_service(&mut self, text: &str, world: &World<'_>) {
        if self.draft.service.is_none() {
            let offered = match world.office(&self.draft) {
                Some(office) => std::slice::from_ref(office),
                None => world.offices,
            };
            let services = offered.iter().flat_map(|office| &office.services);
            self.draft.service = services::said(text, services);
        }
    }

    /// What was said is no answer to what was asked: the same question again, with what can be chosen.
    pub(super) fn again(&self, world: &World<'_>) -> Act {
        let question = match self.question {
            Question::Office => Act::AskOffice(0),
            Question::Service => Act::AskService,
            Question::Person => Act::AskPerson,
            Question::Details => Act::AskDetails(None),
            Question::Date => Act::AskDate(self.first_date(world)),
            Question::Hour => match self.draft.date {
                Some(date) => Act::AskHour(date, None),
                None => Act::AskDate(self.first_date(world)),
            },
            Question::Confirm(code) => Act::Held(code),
            Question::Cancel(code) => Act::AskCancel(code),
            Question::Correct | Question::Remove => match (self.question, self.subject.clone()) {
                (Question::Correct, Some(id)) => Act::AskCorrection(id, None),
                (_, Some(id)) => Act::AskRemoval(id),
                (_, None) => return Act::Say(Remark::Example),
            },
            Question::Idle | Question::SignIn => return Act::Say(Remark::Example),
        };
        Act::Again(Box::new(question))
    }

    /// Agreement where nothing was asked: to a held seat, if one waits. `surely`: it was said to be a
    /// confirmation.
    pub(super) fn agreed(&mut self, surely: bool, world: &World<'_>) -> Act {
        let held: Vec<BookingCode> = held(world).map(|booking| booking.code).collect();
        match (surely, &*held) {
            (true, [only]) => Act::Confirm(*only),
            (false, [only]) => {
                self.question = Question::Confirm(*only);
                Act::Held(*only)
            }
            (true, _) | (false, [_, ..]) => Act::Show,
            // What lapsed was offered once more.
            (false, []) if self.offers_again() => self.picked(Pick::Book, world),
            // A polite `ok` after an answer.
            (false, []) => Act::Nothing,
        }
    }

    fn offers_again(&self) -> bool {
        let mut picks = self.offered.iter().filter_map(|offer| offer.id.parse().ok());
        picks.any(|pick| matches!(pick, Pick::Again(_)))
    }
}

pub(super) fn held<'a>(world: &World<'a>) -> impl Iterator<Item = &'a Booking> {
    let now = world.now;
    world.bookings.iter().filter(move |booking| booking.status_at(now) == Status::Held)
}

/// The one office whose city or name stands in a sentence.
pub(super) fn office_said(text: &str, world: &World<'_>) -> Option<OfficeId> {
    let names: Vec<_> = world.offices.iter().map(|office| office_names(office)).collect();
    if let [only] = *spelling::said_in(text, &names) {
        return Some(world.offices[only].id.clone());
    }
    // `Jakarta`, if there is one office of Jakarta Pusat and none of another Jakarta.
    let cities: Vec<_> =
        world.offices.iter().map(|office| vec![first_word(&office.city)]).collect();
    match *spelling::words_in(text, &cities) {
        [only] => Some(world.offices[only].id.clone()),
        _ => None,
    }
}

/// The first word of a city's name; nothing if it is so short that it may be anything, or somebody's name.
fn first_word(city: &str) -> String {
    const MIN_CHARS: usize = 5;
    let first = city.split_whitespace().next().unwrap_or_default();
    if first.chars().count() < MIN_CHARS { String::new() } else { first.to_owned() }
}

/// The office that people say they go to: `di Makassar`, `Kantor: Makassar`; not where the KTP is from, or
/// somebody lives or was born.
fn office_marked(text: &str, world: &World<'_>) -> Option<OfficeId> {
    const MARKS: [&str; 7] = ["di", "ke", "kantor", "kanim", "imigrasi", "unit", "at"];
    const OF_PERSON: [&str; 8] =
        ["ktp", "lahir", "tingal", "alamat", "domisili", "asal", "dari", "kelahiran"];
    /// `Jakarta Pusat`, `Kantor Imigrasi Kelas I Makassar`.
    const MAX_WORDS: usize = 5;
    let words = words::words_of(text);
    let names: Vec<_> = world.offices.iter().map(|office| office_names(office)).collect();
    let is_mark = |at: &usize| {
        let before = at.checked_sub(1).map_or("", |before| &*words[before]);
        MARKS.contains(&&*words[*at]) && !OF_PERSON.contains(&before)
    };
    let place = |at: usize| {
        let after = &words[at + 1..];
        let said = after[..after.len().min(MAX_WORDS)].join(" ");
        match *spelling::begun_with(&said, &names) {
            [only] => Some(world.offices[only].id.clone()),
            _ => None,
        }
    };
    (0..words.len()).filter(is_mark).find_map(place)
}
