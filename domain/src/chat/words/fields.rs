//! Finds the fields of a text: numbers, dates, times and runs of words, with their labels.

use crate::personal::Nik;
use crate::time::SlotTime;

use super::command::is_known;
use super::date::{self, Stated};
use super::label::{self, Label, family_card, opening};
use super::lex::tokens;
use super::token::{Kind, Token};
use super::{calendar, number, vocabulary};

/// What a piece of a text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Nik(Nik),
    BadNik,
    Date(Stated),
    BadDate,
    Time(SlotTime),
    /// Words as they were written; `numbers` if digits are among them.
    Words {
        text: String,
        numbers: bool,
    },
}

/// A piece of a text with the label before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) label: Option<Label>,
    pub(super) value: Value,
    /// As it was written.
    pub(super) source: String,
}

/// What was found in a text.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) pieces: Vec<Piece>,
    /// Whether a field was named by its label.
    pub(super) labelled: bool,
    /// Whether they are told apart as in the office's old format: `#name#NIK#date`.
    pub(super) hashed: bool,
}

/// A greeting has at most so many words.
const MAX_FILLERS: usize = 8;

/// Words between one field and the next.
const LEAD_ON: &[&str] =
    &["terus", "trus", "lalu", "kemudian", "dan", "sama", "serta", "dengan", "dgn", "and", "with"];

/// Reads a plain text once from left to right.
struct Reader<'a> {
    plain: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
    label: Option<Label>,
    /// Whether the label ended with a colon: what follows on the line is its field, whatever it says elsewhere.
    has_colon: bool,
    /// First and last token of the words that are being gathered.
    run: Option<(usize, usize)>,
    /// Whether nothing of the field was read yet.
    first: bool,
    found: Fields,
    /// What is said of a spouse or a guardian is left out.
    of_others: bool,
}

/// The pieces of a plain text. Where two people have a name or a NIK, those of a spouse or a guardian are not
/// the applicant's.
pub(super) fn read(plain: &str) -> Fields {
    let found = read_with(plain, false);
    if is_told_twice(&found, Label::Nik) || is_told_twice(&found, Label::Name) {
        return read_with(plain, true);
    }
    found
}

fn is_told_twice(found: &Fields, label: Label) -> bool {
    found.pieces.iter().filter(|piece| piece.label == Some(label)).count() > 1
}

fn read_with(plain: &str, of_others: bool) -> Fields {
    let tokens = tokens(plain);
    let hashed = plain.trim_matches(|c: char| !c.is_alphanumeric()).contains('#');
    let found = Fields { hashed, ..Fields::default() };
    let mut reader = Reader {
        plain,
        tokens,
        at: 0,
        label: None,
        has_colon: false,
        run: None,
        first: true,
        found,
        of_others,
    };
    while reader.at < reader.tokens.len() {
        reader.step();
    }
    reader.flush();
    reader.found
}

impl<'a> Reader<'a> {
    fn step(&mut self) {
        let kind = self.tokens[self.at].kind;
        if kind == Kind::Separator && self.continues_name() {
            self.at += 1;
        } else if kind == Kind::Separator {
            self.end_field();
        } else if self.skips_list_number() {
            self.at += 2;
        } else if let Some(taken) = self.family_card() {
            self.skip(taken);
        } else if let Some(found) = self.label_here() {
            self.take_label(found);
        } else if self.label == Some(Label::Unneeded) {
            self.at += 1;
            self.first = false;
        } else if let Some((value, taken)) = self.value() {
            self.push(value, taken);
            self.at += taken;
        } else {
            self.take_word(kind);
        }
    }

    fn label_here(&self) -> Option<label::Found> {
        let found = label::at(self.rest(), self.is_first(), self.of_others)?;
        let begins_name = self.is_named() && self.run.is_none();
        (!begins_name || self.is_sure(&found)).then_some(found)
    }

    /// Whether the words here are a name, for they stand after `Nama:`. People are called Rabu, and Tanggal.
    fn is_named(&self) -> bool {
        self.label == Some(Label::Name) && self.has_colon
    }

    /// Whether a label has a colon or a number after it.
    fn is_sure(&self, found: &label::Found) -> bool {
        let after = self.at + found.taken;
        self.tokens[after - 1].is_colon()
            || self.tokens.get(after).is_some_and(|token| token.kind == Kind::Digits)
    }

    /// How many tokens are a family card's number and the words that say so.
    fn family_card(&self) -> Option<usize> {
        let rest = self.rest();
        let previous = self.at.checked_sub(1).map(|at| &self.tokens[at]);
        // `KTP/KK`.
        if self.label == Some(Label::Nik) && previous.is_some_and(|token| token.text == "/") {
            return None;
        }
        let is_place = previous.is_some_and(label::is_preposition);
        family_card::before(rest, self.is_first(), is_place).or_else(|| {
            let taken = number::like_nik(rest).filter(|_| self.label != Some(Label::Nik))?;
            Some(taken + family_card::after(&rest[taken..])?)
        })
    }

    /// Leaves out what is of nobody.
    fn skip(&mut self, taken: usize) {
        self.flush_before_field();
        self.found.labelled = true;
        self.first = false;
        self.at += taken;
    }

    fn rest(&self) -> &[Token<'a>] {
        &self.tokens[self.at..]
    }

    /// Whether nothing but a greeting stands before `at`.
    fn is_first(&self) -> bool {
        self.run.is_none() || self.run_is_filler()
    }

    fn end_field(&mut self) {
        self.flush();
        if !self.first && self.label == Some(Label::Unneeded) {
            self.label = None;
        }
        self.first = true;
        self.at += 1;
    }

    /// `1.` and `2)` before a field.
    fn skips_list_number(&self) -> bool {
        let [number, mark, next, ..] = self.rest() else { return false };
        self.first
            && number.is_digits(1..=1)
            && matches!(mark.kind, Kind::Mark('.' | ')'))
            && next.start > mark.end()
    }

    fn take_label(&mut self, found: label::Found) {
        if found.label == Label::Name {
            // What was said before it is no name.
            self.run = None;
        }
        self.flush_before_field();
        let next = self.tokens.get(self.at + found.taken).map(|token| token.kind);
        if found.is_part && next == Some(Kind::Word) {
            self.run = Some((self.at, self.at));
        }
        self.label = Some(found.label);
        self.has_colon = self.tokens[self.at + found.taken - 1].is_colon();
        self.found.labelled |= !found.is_part && !matches!(found.label, Label::Day | Label::Time);
        self.first = found.label == Label::Unneeded;
        self.at += found.taken;
    }

    /// A number, date or time at `at`, the surest reading first: a NIK before a date that its digits
    /// begin with, a date before the hour that it could be.
    fn value(&self) -> Option<(Value, usize)> {
        let rest = self.rest();
        let wants = |label| self.label == Some(label);
        let alone = self.run.is_none() || self.run_is_filler();
        if let Some((nik, taken)) = number::nik(rest) {
            return Some((Value::Nik(nik), taken));
        }
        if self.is_named() && rest[0].kind == Kind::Word {
            return None;
        }
        if wants(Label::Nik)
            && let Some(taken) = number::bad_nik(rest, true)
        {
            return Some((Value::BadNik, taken));
        }
        if wants(Label::Time)
            && let Some((time, taken)) = number::time(rest, true)
        {
            return Some((Value::Time(time), taken));
        }
        if let Some((stated, taken)) = date::certain(rest)
            && self.is_date(stated, taken)
        {
            return Some((Value::Date(stated), taken));
        }
        if let Some((time, taken)) = number::time(rest, false) {
            return Some((Value::Time(time), taken));
        }
        if alone && let Some((stated, taken)) = date::day_and_month(rest) {
            return Some((Value::Date(stated), taken));
        }
        if let Some(taken) = number::bad_nik(rest, false) {
            return Some((Value::BadNik, taken));
        }
        if let Some(taken) = date::impossible(rest).filter(|_| alone) {
            return Some((Value::BadDate, taken));
        }
        self.day_only().map(|stated| (Value::Date(stated), 1))
    }

    /// Whether what could be a date is one here: a weekday beside other words may be part of a name,
    /// and three short numbers after words part of an address.
    fn is_date(&self, stated: Stated, taken: usize) -> bool {
        let rest = self.rest();
        let alone = self.run.is_none() || self.run_is_filler();
        if calendar::weekday(&rest[0].folded).is_some() {
            let next = rest.get(taken).filter(|token| token.kind == Kind::Word);
            let ends = next.is_none_or(|next| {
                vocabulary::is_filler(&next.folded) || label::is_first_word(&next.folded)
            });
            return self.label.is_some() || (alone && ends);
        }
        alone || !(matches!(stated, Stated::Short { .. }) && taken == 3)
    }

    fn day_only(&self) -> Option<Stated> {
        let day = self.rest().first().filter(|token| token.is_digits(1..=2))?;
        let day = day.text.parse().ok().filter(|day| (1..=31).contains(day))?;
        matches!(self.label, Some(Label::Day | Label::Visit)).then_some(Stated::DayOnly(day))
    }

    /// The text of tokens, the last one included.
    fn source(&self, from: usize, to: usize) -> String {
        self.plain[self.tokens[from].start..self.tokens[to].end()].to_owned()
    }

    fn push(&mut self, value: Value, taken: usize) {
        self.flush_before_field();
        let source = self.source(self.at, self.at + taken - 1);
        let fits = matches!(
            (self.label, &value),
            (Some(Label::Nik), Value::Nik(_) | Value::BadNik)
                | (Some(Label::Birth | Label::Visit | Label::Day), Value::Date(_) | Value::BadDate)
                | (Some(Label::Time), Value::Time(_))
        );
        let label = if fits { self.label.take() } else { None };
        self.found.pieces.push(Piece { label, value, source });
        self.first = false;
    }

    /// Gathers a word, a number without meaning, or a mark that belongs to words.
    fn take_word(&mut self, kind: Kind) {
        let at = self.at;
        let continues_name = self.continues_name();
        self.at += 1;
        match kind {
            Kind::Word | Kind::Digits => {
                self.run = Some((self.run.map_or(at, |(from, _)| from), at));
                self.first = false;
            }
            Kind::Mark(')') if continues_name => self.run = self.run.map(|(from, _)| (from, at)),
            Kind::Mark('.') if self.is_named() && self.run_has_title() => {
                self.run = self.run.map(|(from, _)| (from, at));
            }
            Kind::Mark('.' | '-' | '&') => {}
            Kind::Mark(_) if continues_name => {}
            // A question names nobody.
            Kind::Mark('?') if self.label.is_none() && !self.found.hashed => self.run = None,
            Kind::Mark(':' | '=') if self.names_something_else() => {
                self.run = None;
                self.label = Some(Label::Unneeded);
            }
            _ => self.flush(),
        }
    }

    /// Whether the mark here is of a name as it stands in its field: `Siti (Ani)`, `Yosefa / Yosefina`,
    /// `Budi, S.H.`
    fn continues_name(&self) -> bool {
        let is_title = || match self.rest() {
            [_, first, dot, ..] => first.text.chars().count() <= 2 && dot.kind == Kind::Mark('.'),
            _ => false,
        };
        let mark = self.tokens[self.at].text;
        let fits = matches!(mark, "(" | ")" | "/") || (mark == "," && is_title());
        fits && self.is_named() && self.run.is_some()
    }

    /// Whether a title stands behind the name that is being gathered.
    fn run_has_title(&self) -> bool {
        self.run.is_some_and(|(from, to)| self.tokens[from..=to].iter().any(|t| t.text == ","))
    }

    /// Whether the words before a colon name a field that is not known here.
    fn names_something_else(&self) -> bool {
        let next = self.tokens.get(self.at).map(|token| token.kind);
        self.run.is_some() && !self.run_is_filler() && next == Some(Kind::Word)
    }

    /// Whether the words that are being gathered are a greeting: few, and all of them known.
    fn run_is_filler(&self) -> bool {
        self.run.filter(|(from, to)| to - from < MAX_FILLERS).is_some_and(|(from, to)| {
            let mut words = self.tokens[from..=to].iter().filter(|t| t.kind == Kind::Word);
            words.all(|t| is_known(&t.folded) || opening::is_opening(&t.folded))
        })
    }

    /// Ends the words that are being gathered, without those that only lead on to the field after them.
    fn flush_before_field(&mut self) {
        while let Some((from, to)) = self.run.filter(|_| !self.found.hashed) {
            if !LEAD_ON.contains(&&*self.tokens[to].folded) {
                break;
            }
            self.run = (from < to).then(|| (from, to - 1));
        }
        self.flush();
    }

    /// Ends the words that are being gathered.
    fn flush(&mut self) {
        let Some((from, to)) = self.run.take() else { return };
        let text = self.source(from, to);
        let numbers = self.tokens[from..=to].iter().any(|token| token.kind == Kind::Digits);
        let label = match self.label {
            Some(Label::Name | Label::Regency) => self.label.take(),
            Some(Label::Birth) => return,
            _ => None,
        };
        let source = text.clone();
        self.found.pieces.push(Piece { label, value: Value::Words { text, numbers }, source });
    }
}
