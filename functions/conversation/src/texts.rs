//! The words of the conversation, in both languages: `shared/texts/chat.json`.

use std::sync::LazyLock;

use antrian::domain::language::Text;
use serde::Deserialize;

macro_rules! texts {
    ($($name:ident)*) => {
        /// One field for each text, so that none is missing and none is left over.
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct Texts {
            $(pub(crate) $name: Text,)*
        }
    };
}

texts! {
    menu menu_book menu_show menu_help choose ask_office more_offices ask_service ask_person
    new_person ask_nik ask_name turn_later turn_near turn_none not_found that not_understood still_held stays papers ask_papers_service ask_papers_kind papers_adult papers_child papers_recommended papers_of_office
    papers_domicile ask_details example_details fault_nik fault_two_niks fault_date fault_past_date fault_unclear
    people_full too_many_people ask_date seats more_dates no_dates ask_hour more_hours full full_none closed
    not_released no_slot offline already_booked person_needs_confirmation do_claim claim_made claim_over claim_kept
    too_many_claims too_many_holds
    too_many_holds_here too_many_missed booking status_held
    status_confirmed status_waits_for_seat status_checked_in status_awaiting_documents do_missing show_one show_many
    show_none do_confirm do_ticket do_move do_cancel ask_cancel cancel_surely keep ask_booking help example_wish stopped resumed kept
    no_people ask_whom_correct ask_whom_remove ask_correction corrected ask_removal remove_surely removed person
    person_known person_has_booking nik_needs_confirmation regency_noted no_domicile not_understood_regency
    dropped no_booking unknown_code mistyped_code hold_expired ended misread only_words contact
    contact_general office_contact busy too_late_to_move moved_too_often checked_in not_now language extended no_more_time
    registration_unknown sign_in_known sign_in_new not_me sign_in_number sign_in_wrong
    sign_in_refused sign_in_undone sign_in_over answers_paused ask_owner owner_wrong new_account owner_proved account_begun
}

pub(crate) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of the program; a test parses it")]
    serde_json::from_str(include_str!("../../../shared/texts/chat.json")).expect("chat.json")
});

/// The title of a button in the language that it was not shown in.
pub(crate) fn other_title(title: &str) -> Option<&'static str> {
    let texts = &*TEXTS;
    let all = [
        &texts.menu_book,
        &texts.menu_show,
        &texts.menu_help,
        &texts.more_offices,
        &texts.new_person,
        &texts.more_dates,
        &texts.more_hours,
        &texts.do_confirm,
        &texts.do_ticket,
        &texts.do_missing,
        &texts.do_move,
        &texts.do_cancel,
        &texts.do_claim,
        &texts.cancel_surely,
        &texts.remove_surely,
        &texts.papers_adult,
        &texts.papers_child,
        &texts.keep,
        &texts.new_account,
    ];
    all.iter().find_map(|text| match title {
        title if title == text.id => Some(&*text.en),
        title if title == text.en => Some(&*text.id),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn names(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(n, _)| n).collect()
    }

    #[test]
    fn both_languages_tell_the_same_things() {
        assert!(!TEXTS.menu.id.is_empty());
        let all: BTreeMap<String, Text> =
            serde_json::from_str(include_str!("../../../shared/texts/chat.json")).unwrap();
        for (key, text) in &all {
            assert_eq!(names(&text.id), names(&text.en), "{key}");
            assert!(!text.id.is_empty() && !text.en.is_empty(), "{key}");
        }
        for key in [
            "menu_book",
            "menu_show",
            "menu_help",
            "choose",
            "do_confirm",
            "do_ticket",
            "do_move",
            "do_cancel",
            "do_claim",
            "cancel_surely",
            "remove_surely",
            "keep",
            "new_account",
        ] {
            for title in [&all[key].id, &all[key].en] {
                assert!(title.chars().count() <= 20, "{key} is a button: {title}");
            }
        }
    }
}
