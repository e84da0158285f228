use super::super::texts::Member;
use super::*;
use crate::domain::fair_use::FairUse;
use crate::messaging::cloud_api::language;

const BOTH: [Locale; 2] = [Locale::Id, Locale::En];
const ABOUT_BOOKINGS: [MessageKind; 11] = [
    MessageKind::Hold,
    MessageKind::Confirmed,
    MessageKind::Moved,
    MessageKind::Reminder,
    MessageKind::Cancelled,
    MessageKind::OfficeClosed,
    MessageKind::ClosedMoved,
    MessageKind::ClosedWaiting,
    MessageKind::ClaimAsked,
    MessageKind::Released,
    MessageKind::DocumentsMissing,
];

fn text() -> BookingText<'static> {
    BookingText {
        service: "Paspor baru",
        when: "Senin".to_owned(),
        office: "Kantor",
        address: "Jalan Contoh\nMakassar",
        contact: "",
        code: "7KQ4M-M2XAB".to_owned(),
        public_url: "https://example.org",
        hold_until: Some("pukul 08.15 WIB".to_owned()),
        arrive_from: "pukul 08.00 WIB".to_owned(),
        arrive_until: "pukul 09.30 WIB".to_owned(),
        closed_date: None,
        closed_reason: None,
        by_desk: false,
        queue_number: None,
        moved_by_office: false,
        documents_deadline: None,
        return_seat: None,
        documents: &[],
        warnings: &[],
        who: "Siti C. (NIK …9001)".to_owned(),
        initials: "S. C.".to_owned(),
        group: vec![],
        fair_use: FairUse::default(),
    }
}

fn code() -> BookingCode {
    BookingCode::from_bits(1)
}

fn component<'a>(form: &'a TemplateForm, kind: &str) -> Option<&'a Value> {
    form.components.iter().find(|component| component["type"] == kind)
}

#[test]
fn every_form_is_read_and_says_what_its_place_says() {
    assert_eq!(all().count(), FORMS.len());
    for (kind, locale, form) in READ.iter() {
        assert_eq!(form.name, format!("antrian_{}", kind.as_str()));
        assert_eq!(form.language, language(*locale));
        let (category, most) = match kind {
            MessageKind::OneTimeCode => ("AUTHENTICATION", 900),
            _ => ("UTILITY", 43_200),
        };
        assert_eq!(form.category, category);
        assert!((30..=most).contains(&form.message_send_ttl_seconds), "{}", form.name);
    }
}

#[test]
fn a_form_takes_as_many_values_and_buttons_as_it_is_given() {
    for kind in ABOUT_BOOKINGS {
        for locale in BOTH {
            let form = form(kind, locale).unwrap();
            let call = about_booking(kind, locale, &text(), code(), Some(&vec![1])).unwrap();
            let body = component(form, "BODY").unwrap();
            let (words, example) =
                (body["text"].as_str().unwrap(), &body["example"]["body_text"][0]);
            let count = call.parameters.len();
            assert_eq!(words.matches("{{").count(), count, "{words}");
            assert!((1..=count).all(|n| words.contains(&format!("{{{{{n}}}}}"))), "{words}");
            assert_eq!(example.as_array().unwrap().len(), count, "{words}");
            assert_eq!(titles(form).len(), call.payloads.len(), "{words}");
            assert!(titles(form).iter().all(|title| title.chars().count() <= 20), "{words}");
            // Meta refuses a body that begins or ends with a variable.
            assert!(!words.starts_with("{{") && !words.ends_with("}}"), "{words}");
            assert!(words.chars().count() <= 1_024);
        }
    }
}

#[test]
fn a_value_is_one_line_and_never_empty() {
    let call = about_booking(MessageKind::Moved, Locale::Id, &text(), code(), None).unwrap();
    assert!(call.parameters.contains(&"Jalan Contoh Makassar".to_owned()));
    assert_eq!(call.parameters.last().unwrap(), "-");
}

#[test]
fn a_form_with_the_ticket_has_a_picture_above_it() {
    for kind in ABOUT_BOOKINGS {
        let has_ticket =
            matches!(kind, MessageKind::Confirmed | MessageKind::Moved | MessageKind::Reminder);
        for locale in BOTH {
            let header = component(form(kind, locale).unwrap(), "HEADER");
            assert_eq!(header.is_some_and(|header| header["format"] == "IMAGE"), has_ticket);
        }
    }
}

#[test]
fn the_form_of_a_one_time_code_says_how_long_it_counts() {
    for locale in BOTH {
        let form = form(MessageKind::OneTimeCode, locale).unwrap();
        let minutes = component(form, "FOOTER").unwrap()["code_expiration_minutes"].as_u64();
        assert_eq!(minutes.map(|m| m * 60), Some(form.message_send_ttl_seconds.into()));
    }
}

#[test]
fn buttons_carry_the_booking_in_both_languages() {
    let ids = |kind, locale| -> Vec<String> {
        buttons(kind, locale, false, code()).into_iter().map(|button| button.id).collect()
    };
    let booking = code();
    for locale in BOTH {
        let hold = ["confirm", "move", "cancel"].map(|verb| format!("{verb}:{booking}"));
        assert_eq!(ids(MessageKind::Hold, locale), hold);
        assert_eq!(ids(MessageKind::OfficeClosed, locale), [format!("move:{booking}")]);
        assert_eq!(ids(MessageKind::Cancelled, locale), ["book"]);
        assert_eq!(ids(MessageKind::HoldLapsed, locale), [format!("again:{booking}")]);
        let answers = ["give-up", "keep-claimed"].map(|verb| format!("{verb}:{booking}"));
        assert_eq!(ids(MessageKind::ClaimAsked, locale), answers);
    }
}

#[test]
fn of_a_group_one_booking_is_chosen_before_it_is_moved_or_cancelled() {
    let member = |code: &str| Member {
        who: "Siti C.".to_owned(),
        time: "pukul 09.00 WIB".to_owned(),
        code: code.to_owned(),
    };
    let text = BookingText { group: ["A", "B"].map(member).into(), ..text() };
    let call = about_booking(MessageKind::Confirmed, Locale::Id, &text, code(), None).unwrap();
    assert_eq!(call.payloads, ["show", "show"]);
    let held = buttons(MessageKind::Hold, Locale::Id, true, code());
    let held: Vec<_> = held.into_iter().map(|button| button.id).collect();
    assert_eq!(
        held,
        [format!("confirm:{}", code()), "show".to_owned(), format!("cancel:{}", code())]
    );
}

#[test]
fn who_claimed_a_person_is_told_nothing_but_that_they_can_book() {
    for locale in BOTH {
        let (call, buttons) = claim_released(locale);
        let call = call.unwrap();
        assert_eq!((call.name, call.parameters.len()), ("antrian_claim_released", 0));
        assert_eq!(call.payloads, ["book"]);
        assert_eq!(buttons.iter().map(|button| &*button.id).collect::<Vec<_>>(), ["book"]);
        let body = component(form(MessageKind::ClaimReleased, locale).unwrap(), "BODY").unwrap();
        assert!(!body["text"].as_str().unwrap().contains("{{"), "{body}");
    }
}
