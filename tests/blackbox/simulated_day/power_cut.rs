//! Twenty minutes without power: two scanners keep what they read and hand it in afterwards.

use antrian_tests::offline::{OfflineScanner, outcomes};
use chrono::DateTime;
use serde_json::Value;

use super::people::{Coming, Visitor};
use super::record::Span;
use super::{Day, instant};

/// From when until when, in minutes of the day.
pub(super) const POWER_CUT: std::ops::Range<i64> = 10 * 60 + 10..10 * 60 + 30;

/// What two scanners have kept.
#[derive(Debug)]
pub(super) struct Kept {
    east: OfflineScanner,
    west: OfflineScanner,
    /// Whose tickets, in their order, and when they were read.
    in_east: Vec<(usize, i64)>,
    in_west: Vec<(usize, i64)>,
    scans: i64,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            east: OfflineScanner::new("gerbang-timur"),
            west: OfflineScanner::new("gerbang-barat"),
            in_east: vec![],
            in_west: vec![],
            scans: 0,
        }
    }
}

impl Kept {
    /// One at the east gate, the next one at the west gate; every fifth at both, at the west gate half a
    /// minute later.
    fn keep(&mut self, nth: usize, visitor: &Visitor, minute: i64) {
        let at = instant(minute, 2 * self.scans.rem_euclid(20));
        let is_at_both = self.scans % 5 == 0;
        self.scans += 1;
        if is_at_both || self.scans % 2 == 0 {
            self.east = self.east.clone().ticket(&nth.to_string(), &visitor.ticket, &at);
            self.in_east.push((nth, secs(&at)));
        }
        if is_at_both || self.scans % 2 == 1 {
            let at = if is_at_both { instant(minute, 30 + self.scans) } else { at };
            self.west = self.west.clone().ticket(&nth.to_string(), &visitor.ticket, &at);
            self.in_west.push((nth, secs(&at)));
        }
    }
}

fn secs(at: &str) -> i64 {
    DateTime::parse_from_rfc3339(at).unwrap().timestamp()
}

impl Day<'_> {
    pub(super) fn keep_scans(&mut self) {
        for nth in self.at_door() {
            self.kept.keep(nth, &self.visitors[nth], self.minute);
        }
    }

    /// Each scanner by halves, the first half of the one twice.
    pub(super) async fn hand_in(&mut self) {
        let Kept { east, west, in_east, in_west, .. } = std::mem::take(&mut self.kept);
        assert!(in_east.len() > 4 && in_west.len() > 4, "people came during the power cut");
        let half = in_east.len() / 2;
        let first = self.accept(&east.only(0..half), &in_east[..half]).await;
        let again = east.only(0..half).hand_in(self.app, &self.desk).await;
        assert_eq!(again.body["scans"], first, "a half that comes twice is told the same");
        self.accept(&east.only(half..in_east.len()), &in_east[half..]).await;
        let half = in_west.len() / 2;
        self.accept(&west.only(half..in_west.len()), &in_west[half..]).await;
        self.accept(&west.only(0..half), &in_west[..half]).await;
    }

    /// Hands in, and lets in whom the answer lets in: whoever was scanned at both gates is in by the first
    /// scan, and too late is too late.
    async fn accept(&mut self, scanner: &OfflineScanner, whose: &[(usize, i64)]) -> Value {
        let answer = scanner.hand_in(self.app, &self.desk).await;
        for (place, (nth, at)) in whose.iter().enumerate() {
            let told = outcomes(&answer)[place];
            let is_in = self.visits[*nth].came;
            match (self.visitors[*nth].coming, is_in) {
                (Coming::TooLate, _) => assert_eq!(told, ("refused", "too_late")),
                (_, true) => assert_eq!(told, ("duplicate", "already_checked_in")),
                (_, false) => {
                    assert_eq!(told, ("accepted", ""), "{nth}: {answer:?}");
                    let visit = answer.body["scans"][place]["visit"].clone();
                    // The scanner's clock is set by a request that takes a moment.
                    self.is_in(*nth, &visit, Span { from: at - 1, to: at + 1 });
                    self.looks_at_documents(*nth, &visit).await;
                }
            }
        }
        answer.body["scans"].clone()
    }
}
