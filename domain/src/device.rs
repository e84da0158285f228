//! The device that somebody signs in with, in words that its owner recognises.

use serde::{Deserialize, Serialize};

use crate::language::{Locale, Text, fill, in_language};

/// A device as its program names itself. Anybody can claim anything: it is a hint for people, never a
/// proof. Nothing of the claim is kept but these names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Device {
    program: Program,
    system: System,
}

macro_rules! names {
    ($(#[$doc:meta])* $name:ident: $($variant:ident = $mark:literal, $shown:literal;)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum $name {
            $($variant,)*
            #[default]
            #[serde(other)]
            Unknown,
        }

        impl $name {
            /// The first whose mark stands in the claim.
            fn of(claim: &str) -> Self {
                $(if claim.contains($mark) { return Self::$variant; })*
                Self::Unknown
            }

            fn name(self) -> Option<&'static str> {
                match self { $(Self::$variant => Some($shown),)* Self::Unknown => None }
            }
        }
    };
}

names! {
    /// Programs, those first that also claim to be one further down.
    Program:
    Whatsapp = "WhatsApp", "WhatsApp";
    Facebook = "FBAV", "Facebook";
    Instagram = "Instagram", "Instagram";
    Edge = "Edg", "Edge";
    Opera = "OPR", "Opera";
    Samsung = "SamsungBrowser", "Samsung Internet";
    Firefox = "Firefox", "Firefox";
    FirefoxIos = "FxiOS", "Firefox";
    ChromeIos = "CriOS", "Chrome";
    Chrome = "Chrome", "Chrome";
    Safari = "Safari", "Safari";
}

names! {
    /// Systems, those first that also claim to be one further down.
    System:
    Iphone = "iPhone", "iPhone";
    Ipad = "iPad", "iPad";
    Android = "Android", "Android";
    Windows = "Windows", "Windows";
    ChromeOs = "CrOS", "ChromeOS";
    Mac = "Mac OS", "Mac";
    Linux = "Linux", "Linux";
}

/// No browser names itself at greater length.
const MAX_CLAIM_BYTES: usize = 512;

fn text(id: &str, en: &str) -> Text {
    Text { id: id.to_owned(), en: en.to_owned() }
}

impl Device {
    /// The device of a `User-Agent`.
    ///
    /// ```
    /// use antrian_domain::device::Device;
    /// use antrian_domain::language::Locale;
    ///
    /// let phone = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
    ///     Chrome/140.0.0.0 Mobile Safari/537.36";
    /// assert_eq!(Device::of(phone).in_words(Locale::Id), "Chrome di Android");
    /// assert_eq!(Device::of("x").in_words(Locale::En), "an unknown device");
    /// ```
    pub fn of(claim: &str) -> Self {
        let end = claim.floor_char_boundary(MAX_CLAIM_BYTES.min(claim.len()));
        let claim = claim.get(..end).unwrap_or_default();
        Self { program: Program::of(claim), system: System::of(claim) }
    }

    /// What its owner calls it.
    pub fn in_words(self, locale: Locale) -> String {
        match (self.program.name(), self.system.name()) {
            (Some(program), Some(system)) => {
                let both = text("{program} di {system}", "{program} on {system}");
                fill(locale, &both, &[("program", program), ("system", system)])
            }
            (Some(only), None) | (None, Some(only)) => {
                fill(locale, &text("perangkat {only}", "a {only} device"), &[("only", only)])
            }
            (None, None) => {
                let unknown = text("perangkat yang tidak dikenal", "an unknown device");
                in_language(locale, &unknown).to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_browser_is_known_by_its_own_name_and_not_by_those_that_it_also_claims() {
        for (claim, words) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 \
                 Safari/537.36 Edg/140.0",
                "Edge di Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 \
                 Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari di iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 \
                 SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36",
                "Samsung Internet di Android",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox di Linux",
            ),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "perangkat Mac"),
            ("", "perangkat yang tidak dikenal"),
        ] {
            assert_eq!(Device::of(claim).in_words(Locale::Id), words, "{claim}");
        }
    }

    #[test]
    fn a_name_of_a_later_release_is_read_as_unknown() {
        let read: Device = serde_json::from_str(r#"{"program":"lynx","system":"mac"}"#).unwrap();
        assert_eq!(read, Device { program: Program::Unknown, system: System::Mac });
    }

    proptest! {
        #[test]
        fn no_claim_reaches_the_words(claim in "\\PC{0,600}") {
            let words = Device::of(&claim).in_words(Locale::En);
            prop_assert!(words.len() <= 30, "{}", words);
        }
    }
}
