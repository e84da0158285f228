use super::*;
use proptest::prelude::*;
use qrcode::{EcLevel, QrCode, Version};

fn signer() -> TicketSigner {
    TicketSigner::new(7, [42; 32])
}

fn claims() -> impl Strategy<Value = TicketClaims> {
    ("[a-z0-9_-]{2,20}", 0u64..=65_535, 0u16..1440, 0u64..(1 << 45)).prop_map(
        |(office, day, minutes, bits)| TicketClaims {
            office: office.parse().unwrap(),
            date: EPOCH + Days::new(day),
            time: SlotTime::from_minutes(minutes).unwrap(),
            code: BookingCode::from_bits(bits),
        },
    )
}

/// The bytes of a new ticket.
fn bytes_of(text: &str) -> Vec<u8> {
    let counts = OFFICE_BYTES.map(|office| office + FIXED_BYTES + SIGNATURE_BYTES);
    let is_whole = |bytes: &Vec<u8>| format!("{}{}", form::PREFIX, form::encode(bytes)) == text;
    form::candidates(text, counts).into_iter().find(is_whole).unwrap()
}

/// A ticket as it was written at first.
fn first_form(text: &str) -> String {
    format!("{}{}", form::FIRST_PREFIX, base45::encode(bytes_of(text)))
}

fn some_claims() -> TicketClaims {
    TicketClaims {
        office: "jakarta-pusat".parse().unwrap(),
        date: NaiveDate::from_ymd_opt(2026, 12, 7).unwrap(),
        time: "09:00".parse().unwrap(),
        code: BookingCode::from_bits(0x1234_5678_9ABC),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_ticket_reads_back_and_is_always_the_same(claims in claims(), seed: [u8; 32], key_id: u8) {
        let signer = TicketSigner::new(key_id, seed);
        let text = signer.sign(&claims);
        prop_assert_eq!(&text, &signer.sign(&claims));
        let verifier = signer.verifier();
        prop_assert_eq!(verifier.verify(&text), Ok(claims.clone()));
        prop_assert_eq!(verifier.verify(&first_form(&text)), Ok(claims));
    }

    /// Genuine visitors do not look like forgers, whatever their office's scanner is set to.
    #[test]
    fn what_scanners_do_to_a_ticket_does_not_count(claims in claims()) {
        let new = signer().sign(&claims);
        for text in [first_form(&new), new] {
            let escaped = text.replace(' ', "%20");
            let wholly: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
            let spread: String = text.chars().flat_map(|c| [c, '\0']).collect();
            for scanned in [
                text.to_lowercase(), format!("]Q1{text}"), format!("]Q3{text}"),
                format!("\u{2}{text}\u{3}"), format!("\u{1d}{text}\0"), format!("\n {text}\r\n"),
                format!("{text}\t"), format!("{text}#42"), format!("{text}0"), format!("{text}AN2"),
                format!("https://antrian.example/?t={text}"), escaped, wholly, spread,
            ] {
                let read = signer().verifier().verify(&scanned);
                prop_assert_eq!(read, Ok(claims.clone()), "{:?}", scanned);
            }
        }
    }

    /// Whoever types or pastes a new ticket may divide it.
    #[test]
    fn spaces_in_a_new_ticket_do_not_count(claims in claims()) {
        let ticket = signer().sign(&claims);
        for space in [" ", "\u{a0}", "%20", "\r\n", " \t"] {
            let (first, second) = ticket.split_at(40);
            let read = signer().verifier().verify(&[first, second].join(space));
            prop_assert_eq!(read, Ok(claims.clone()), "{:?}", space);
        }
    }

    #[test]
    fn a_ticket_in_signs_of_full_width_is_read(claims in claims()) {
        let wide = |text: &str| -> String {
            let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0);
            text.chars().map(|c| if c == ' ' { '\u{3000}' } else { wide(c).unwrap() }).collect()
        };
        let new = signer().sign(&claims);
        for text in [first_form(&new), new] {
            let wide = wide(&text);
            prop_assert_eq!(signer().verifier().verify(&wide), Ok(claims.clone()), "{}", wide);
            let other = TicketSigner::new(7, [1; 32]).verifier();
            prop_assert_eq!(other.verify(&wide), Err(BadTicket::Signature));
            prop_assert_eq!(TicketVerifier::default().verify(&wide), Err(BadTicket::UnknownKey));
        }
    }

    #[test]
    fn any_changed_character_is_refused(
        claims in claims(),
        at: prop::sample::Index,
        is_first: bool,
        to in prop_oneof!["[0-9A-Z $%*+./:-]", "\\PC"],
    ) {
        let to = to.chars().next().unwrap();
        let text = signer().sign(&claims);
        let text = if is_first { first_form(&text) } else { text };
        let mut text: Vec<char> = text.chars().collect();
        let at = at.index(text.len());
        // A digit of another script is the same digit, and every blank is one; at an end it would go.
        let read_as = crate::normal::normal(&format!("0{to}0")).to_ascii_uppercase();
        prop_assume!(read_as != format!("0{}0", text[at]));
        text[at] = to;
        prop_assert!(signer().verifier().verify(&text.iter().collect::<String>()).is_err());
    }

    #[test]
    fn any_flipped_bit_is_refused(claims in claims(), at: prop::sample::Index) {
        let mut bytes = bytes_of(&signer().sign(&claims));
        let bit = at.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        for forged in [
            format!("{}{}", form::PREFIX, form::encode(&bytes)),
            format!("{}{}", form::FIRST_PREFIX, base45::encode(&bytes)),
        ] {
            prop_assert!(signer().verifier().verify(&forged).is_err());
        }
    }

    #[test]
    fn a_shorter_text_is_refused(claims in claims(), at: prop::sample::Index) {
        let text = signer().sign(&claims);
        let cut = &text[..at.index(text.len())];
        prop_assert_eq!(signer().verifier().verify(cut), Err(BadTicket::Form));
    }

    #[test]
    fn bytes_of_any_length_read_back(bytes in prop::collection::vec(any::<u8>(), 78..=96)) {
        let text = format!("{}{}", form::PREFIX, form::encode(&bytes));
        let read = form::candidates(&text, std::iter::once(bytes.len()));
        prop_assert_eq!(read, vec![bytes]);
    }

    #[test]
    fn no_text_panics(text in "(AN1:|AN2)?[0-9A-Z $%*+./:-]{0,200}", other in "\\PC{0,40}") {
        prop_assert!(signer().verifier().verify(&text).is_err());
        prop_assert!(signer().verifier().verify(&other).is_err());
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        let text = format!("{}{}", form::FIRST_PREFIX, base45::encode(&bytes));
        prop_assert!(signer().verifier().verify(&text).is_err());
        let text = format!("{}{}", form::PREFIX, form::encode(&bytes));
        prop_assert!(signer().verifier().verify(&text).is_err());
    }

    #[test]
    fn another_key_is_refused(claims in claims(), seed: [u8; 32]) {
        prop_assume!(seed != [42; 32]);
        let text = TicketSigner::new(7, seed).sign(&claims);
        prop_assert_eq!(signer().verifier().verify(&text), Err(BadTicket::Signature));
        let text = TicketSigner::new(8, seed).sign(&claims);
        prop_assert_eq!(signer().verifier().verify(&text), Err(BadTicket::UnknownKey));
    }
}

#[test]
fn the_ticket_of_the_longest_office_id_fits_41_modules() {
    let claims = TicketClaims { office: "o".repeat(20).parse().unwrap(), ..some_claims() };
    let text = signer().sign(&claims);
    assert_eq!(text.len(), 154);
    let code = QrCode::with_error_correction_level(&text, EcLevel::M).unwrap();
    assert_eq!((code.version(), code.width()), (Version::Normal(6), 41));
}

#[test]
fn a_ticket_of_the_key_before_still_counts() {
    let old = TicketSigner::new(1, [1; 32]);
    let text = old.sign(&some_claims());
    let verifier = signer().verifier().with_key(old.key_id(), old.public_key()).unwrap();
    assert_eq!(verifier.verify(&text), Ok(some_claims()));
}

#[test]
fn another_spelling_of_the_same_bytes_is_refused() {
    let claims = TicketClaims { office: "ubu".parse().unwrap(), ..some_claims() };
    let text = first_form(&signer().sign(&claims));
    let (start, end) = text.split_at(text.len() - 2);
    let byte = u16::from(base45::decode(end).unwrap()[0]);
    // Two symbols can say more than a byte; the library reads its lowest eight bits. Three
    // symbols for the same number begin with these two.
    let other = &base45::encode((byte + 256).to_be_bytes())[..2];
    assert_eq!(base45::decode(other).unwrap(), base45::decode(end).unwrap());
    assert_eq!(signer().verifier().verify(&format!("{start}{other}")), Err(BadTicket::Form));
}

#[test]
fn a_signature_without_the_context_is_refused() {
    let mut bytes = to_bytes(7, &some_claims());
    let signature = signer().key.sign(&bytes);
    bytes.extend_from_slice(&signature.to_bytes());
    let text = format!("{}{}", form::PREFIX, form::encode(&bytes));
    assert_eq!(signer().verifier().verify(&text), Err(BadTicket::Signature));
}

#[test]
fn a_weak_public_key_is_refused() {
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(TicketVerifier::default().with_key(1, identity).err(), Some(InvalidTicketKey));
}

#[test]
fn a_date_that_does_not_fit_becomes_the_nearest_one_that_does() {
    for (date, written) in [("2019-12-31", "2020-01-01"), ("2199-06-07", "2199-06-06")] {
        let text = signer().sign(&TicketClaims { date: date.parse().unwrap(), ..some_claims() });
        let read = signer().verifier().verify(&text).unwrap();
        assert_eq!(read.date, written.parse::<NaiveDate>().unwrap());
    }
}

#[test]
fn the_seed_does_not_print_itself() {
    assert_eq!(format!("{:?}", signer()), "TicketSigner { key_id: 7, .. }");
}

/// Printed tickets and pictures on phones stay good.
#[test]
fn a_ticket_of_the_first_form_still_counts() {
    let printed = concat!(
        "AN1:5+08KD*PD5LE$CCY9EHQE5UE5$SVO3XR64BF8*NZUE4RO$+6NUGS+NM$E IKODFED3U$AXWAT2",
        "41AR7.SIN2H-L8ME$:IND9LL0MNJLCE4I125M/$E+GPU5Q9*ISH31BOP.IC0",
    );
    assert_eq!(first_form(&signer().sign(&some_claims())), printed);
    assert_eq!(signer().verifier().verify(printed), Ok(some_claims()));
}

#[test]
fn the_layout_stays_as_printed_tickets_have_it() {
    let text = signer().sign(&some_claims());
    assert_eq!(
        text,
        concat!(
            "AN20QTQJRN6GFQUIU41NOXIJA70GC2D4KN2D4AAGI1SJT1WKLS8RXCKKHHBJLDKOC8BU74Q5OUHEHEGS0C",
            "VVQK79D26CTXGJ3HWI484ID3OUFV6RJXGHSNI7WICFD92805NLARLC0DR5K5Q"
        )
    );
}

#[test]
fn a_scanner_of_another_layout_is_told_from_a_forgery() {
    let text = first_form(&signer().sign(&some_claims()));
    for typed in [text.replace(':', ">"), text.replace(':', "Ö"), text.replace(':', "M")] {
        assert_eq!(signer().verifier().verify(&typed), Err(BadTicket::Layout), "{typed}");
        let named = format!("]Q1{typed}");
        assert_eq!(signer().verifier().verify(&named), Err(BadTicket::Layout));
    }
    for other in ["", "AN1", "AN1:", "hello", "AN3:0000"] {
        assert_eq!(signer().verifier().verify(other), Err(BadTicket::Form), "{other}");
    }
}

/// The letters that a German and an Indonesian keyboard have at different places.
#[test]
fn a_new_ticket_has_no_sign_that_a_keyboard_moves() {
    for number in 0..50 {
        let code = BookingCode::from_bits(number * 0x1234_5678);
        let text = signer().sign(&TicketClaims { code, ..some_claims() });
        let stays = |byte: u8| byte.is_ascii_digit() || (b'A'..=b'X').contains(&byte);
        assert!(text.bytes().all(stays), "{text}");
    }
}
