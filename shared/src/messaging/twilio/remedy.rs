//! What to do about an error of Twilio's: its `code` decides.

use crate::messaging::cloud_api::Remedy::{self, *};

#[rustfmt::skip]
const REMEDIES: &[(u32, Remedy)] = &[
    // Too many at once, a queue that is full, a fault of theirs or of Meta's.
    (63_018, Limited), (20_429, Limited), (14_107, Limited), (30_001, Limited), (20_500, Later),
    (20_503, Later), (63_017, Later),
    (63_016, WindowClosed),
    // Opted out, no such number, not reached, not in WhatsApp.
    (21_610, Undeliverable), (21_211, Undeliverable), (21_614, Undeliverable),
    (63_003, Undeliverable), (63_024, Undeliverable), (63_032, Undeliverable),
    (63_033, Undeliverable), (63_049, Undeliverable),
    // Sign-in, account, balance, sender.
    (20_003, Stopped), (20_005, Stopped), (20_006, Stopped), (30_002, Stopped), (63_007, Stopped),
    (63_020, Stopped), (63_051, Stopped), (63_058, Stopped),
    // Wrong parameter, text too long, no content, picture not to be had, no such template.
    (20_404, Defect), (21_617, Defect), (21_619, Defect), (21_620, Defect), (21_656, Defect),
    (63_005, Defect), (63_013, Defect), (63_019, Defect), (63_021, Defect), (63_027, Defect),
    (63_028, Defect), (63_030, Defect), (63_040, Defect), (63_041, Defect), (63_042, Defect),
];

/// What to do about this code; nothing is known of one that stands nowhere.
pub fn remedy(code: u32) -> Option<Remedy> {
    REMEDIES.iter().find(|(known, _)| *known == code).map(|(_, remedy)| *remedy)
}
