//! The people of an account: who is corrected or removed, and the answer to "which city or regency is on
//! the KTP?", which messages about a booking ask without putting a question of their own.

use std::collections::BTreeSet;

use super::spelling;
use super::state::{Chat, Question, plain};
use super::turn::{Act, PersonPurpose, Remark, World};
use super::words::{self, Command, Details, Misread, Said};
use crate::account::Applicant;
use crate::ids::ApplicantId;
use crate::personal::PersonName;
use crate::regency;

/// `KTP saya dari Kabupaten Ogan Komering Ulu Timur`.
const MAX_WORDS: usize = 8;

impl Chat {
    /// Whose details are to be changed, or who is to be removed.
    pub(super) fn choose_person(
        &mut self,
        purpose: PersonPurpose,
        text: &str,
        world: &World<'_>,
    ) -> Act {
        self.corrects_name = words::says_name(text);
        let named =
            world.people.iter().map(|person| names(&person.details.name)).collect::<Vec<_>>();
        let anew = words::corrected_name(text, self.today(world)).filter(|_| self.corrects_name);
        match (world.people, &*spelling::words_in(text, &named)) {
            ([], _) => Act::Say(Remark::NoPeople),
            ([only], _) if purpose == PersonPurpose::Correct && anew.is_some() => {
                Act::CorrectPerson(only.id.clone(), Details { name: anew, ..Details::default() })
            }
            ([only], _) => self.person_chosen(purpose, only.id.clone()),
            (people, [only]) => self.person_chosen(purpose, people[*only].id.clone()),
            _ => {
                self.turned_to_people();
                Act::AskWhom(purpose)
            }
        }
    }

    /// What was wished before is over; whether it is about a name is known already.
    fn turned_to_people(&mut self) {
        let corrects_name = self.corrects_name;
        self.ended();
        self.corrects_name = corrects_name;
    }

    pub(super) fn person_chosen(&mut self, purpose: PersonPurpose, id: ApplicantId) -> Act {
        self.turned_to_people();
        self.subject = Some(id.clone());
        match purpose {
            PersonPurpose::Correct => {
                self.question = Question::Correct;
                Act::AskCorrection(id, None)
            }
            PersonPurpose::Remove => {
                self.question = Question::Remove;
                Act::AskRemoval(id)
            }
        }
    }

    /// What words mean for the person that is spoken of. Absent: they are about something else.
    pub(super) fn person_answered(
        &mut self,
        text: &str,
        said: &Said,
        world: &World<'_>,
    ) -> Option<Act> {
        let is_no =
            matches!(said, Said::No | Said::NeverMind | Said::Command(Command::Cancel(None)));
        match self.question {
            Question::Correct | Question::Remove if is_no => {
                self.subject = None;
                Some(self.keep())
            }
            Question::Remove => self.removal_answered(said),
            Question::Correct => self.correction_answered(text, said, world),
            Question::Confirm(_) | Question::Idle => self
                .nik_answered(said, world)
                .or_else(|| self.name_answered(text, said, world))
                .or_else(|| self.regency_answered(text, said, world)),
            Question::Date | Question::Hour => self.regency_told(text, said, world),
            _ => None,
        }
    }

    fn removal_answered(&self, said: &Said) -> Option<Act> {
        let id = self.subject.clone()?;
        matches!(said, Said::Yes).then_some(Act::RemovePerson(id))
    }

    /// Only what says of itself what it is counts: words without a label would be a name, and any would do.
    /// After `ubah nama` they are one.
    fn correction_answered(&self, text: &str, said: &Said, world: &World<'_>) -> Option<Act> {
        let is_answer =
            matches!(said, Said::Wish(_) | Said::Date(_) | Said::Other | Said::Number(_));
        let id = self.subject.clone().filter(|_| is_answer)?;
        let mut details = words::labelled(text, self.today(world));
        if self.corrects_name && *said == Said::Other && details == Details::default() {
            details.name = words::bare_name(text, self.today(world));
        }
        let misread = details.misread.first().copied();
        let says_nothing = details.name.is_none()
            && details.nik.is_none()
            && details.birth_date.is_none()
            && details.regency.is_none();
        let wrong = misread.or(says_nothing.then_some(Misread::Unclear));
        Some(match wrong {
            Some(_) => Act::AskCorrection(id, wrong),
            None => Act::CorrectPerson(id, details),
        })
    }

    /// A NIK and nothing else, or with the regency: that of the person who has none.
    fn nik_answered(&self, said: &Said, world: &World<'_>) -> Option<Act> {
        let Said::Wish(details) = said else { return None };
        let (nik, regency) = (details.nik.as_ref()?, details.regency.clone());
        let told = Details { nik: Some(nik.clone()), regency, ..Details::default() };
        let lacks = |person: &&Applicant| {
            person.details.nik.is_none() && nik.agrees_with(person.details.birth_date)
        };
        let mut without = world.people.iter().filter(lacks);
        let only = without.next().filter(|_| without.next().is_none() && *details == told)?;
        Some(Act::CorrectPerson(only.id.clone(), told))
    }

    /// While a seat waits, the only person's name with its label and nothing else, written otherwise. Another
    /// first name is somebody else's: a form may come line by line.
    fn name_answered(&self, text: &str, said: &Said, world: &World<'_>) -> Option<Act> {
        let (Said::Wish(details), [only]) = (said, world.people) else { return None };
        let name =
            details.name.as_ref().filter(|_| matches!(self.question, Question::Confirm(_)))?;
        let told = Details { name: Some(name.clone()), ..Details::default() };
        let known = &only.details.name;
        let is_it = words::says_name(text)
            && name != known
            && spelling::begin_alike(name.expose(), known.expose())
            && *details == told;
        is_it.then(|| Act::CorrectPerson(only.id.clone(), told))
    }

    /// The regency of the person of the wish, said while date or hour are asked.
    fn regency_told(&self, text: &str, said: &Said, world: &World<'_>) -> Option<Act> {
        let id =
            self.draft.person.clone().filter(|_| matches!(said, Said::Wish(_) | Said::Other))?;
        let lacks = |person: &&Applicant| person.id == id && person.details.ktp_regency.is_none();
        world.people.iter().find(lacks)?;
        let text = after_ktp(text);
        let regency = only_regency(text, words::labelled(text, self.today(world)))?;
        Some(Act::CorrectPerson(id, Details { regency: Some(regency), ..Details::default() }))
    }

    fn regency_answered(&self, text: &str, said: &Said, world: &World<'_>) -> Option<Act> {
        if !matches!(said, Said::Wish(_) | Said::Other) {
            return None;
        }
        let text = after_ktp(text);
        let labelled = only_regency(text, words::labelled(text, self.today(world)));
        let (id, regency) = match (self.subject.clone(), labelled) {
            (Some(id), labelled) => (id, labelled.or_else(|| known_regency(text, world))?),
            // Nobody was asked: nothing else may stand beside it.
            (None, Some(regency)) if plain(&regency) == plain(text) => {
                (only_without(world.people)?, regency)
            }
            (None, _) => return None,
        };
        Some(Act::CorrectPerson(id, Details { regency: Some(regency), ..Details::default() }))
    }
}

/// What somebody of an account is called by the others: by the whole name or one of its words.
fn names(name: &PersonName) -> Vec<String> {
    let words = name.expose().split_whitespace().map(str::to_owned);
    words.collect()
}

/// `KTP saya Kota Bandung` from the place on.
fn after_ktp(text: &str) -> &str {
    const BEFORE: [&str; 9] = ["ktp", "saya", "sy", "di", "dari", "asal", "my", "is", "from"];
    let mut rest = text.trim();
    while let Some((first, after)) = rest.split_once(char::is_whitespace) {
        if !BEFORE.contains(&&*first.to_lowercase()) {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

/// The regency of a short text that tells nothing else.
fn only_regency(text: &str, details: Details) -> Option<String> {
    let rest = Details { regency: None, ..details.clone() };
    let is_short = text.split_whitespace().count() <= MAX_WORDS;
    let regency = details.regency.filter(|_| is_short && rest == Details::default())?;
    Some(regency::told(&regency))
}

/// The one person whose regency is not known.
fn only_without(people: &[Applicant]) -> Option<ApplicantId> {
    let mut without = people.iter().filter(|person| person.details.ktp_regency.is_none());
    let only = without.next()?;
    without.next().is_none().then(|| only.id.clone())
}

/// The city or regency that words mean, but not which of the two: that was not said. One that is named as it
/// is called counts before any that is spelled alike. Only those of the offices may be misspelled: a word
/// that is close to one of the country's many is too often no name at all.
fn known_regency(text: &str, world: &World<'_>) -> Option<String> {
    if let Some(name) = regency::named(text) {
        return Some(name.to_owned());
    }
    let offices = world.offices.iter().chain(world.offline);
    let own = offices.flat_map(|office| &office.regencies);
    let own: BTreeSet<_> = own.map(|name| regency::without_kind(name).to_owned()).collect();
    let all: BTreeSet<_> = own.iter().map(String::as_str).chain(regency::names()).collect();
    let meant = spelling::closest(text, all.into_iter())?;
    own.contains(meant).then(|| meant.to_owned())
}
