//! What the simulation writes down itself, without asking the system: of each visit what became of it, and
//! how long it waited and was served.

use antrian_tests::TestApp;

use crate::reports::COUNTS;

/// An instant or a time, in whole seconds: a request tells no more of the moment at which it was carried out
/// than when it began and when it was answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Span {
    fn since(self, earlier: Self) -> Self {
        Self { from: (self.from - earlier.to).max(0), to: self.to - earlier.from }
    }

    fn plus(self, other: Self) -> Self {
        Self { from: self.from + other.from, to: self.to + other.to }
    }
}

/// What a request answers, and when it was made.
pub(super) async fn timed<T>(app: &TestApp, request: impl Future<Output = T>) -> (T, Span) {
    let from = app.now().timestamp();
    let answer = request.await;
    (answer, Span { from, to: app.now().timestamp() })
}

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Served,
    Lapsed,
    Missed,
    Cancelled,
}

/// A visit as it is seen from outside.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) hour: i64,
    pub(super) service: &'static str,
    pub(super) channel: &'static str,
    pub(super) came: bool,
    pub(super) is_late: bool,
    pub(super) missing: Vec<String>,
    pub(super) end: Option<End>,
    in_line_since: Option<Span>,
    last_call: Option<(Span, bool)>,
    serving_since: Option<Span>,
    waited: Span,
    served: Span,
}

impl Visit {
    pub(super) fn booked(hour: i64, service: &'static str, channel: &'static str) -> Self {
        Self {
            hour,
            service,
            channel,
            came: false,
            is_late: false,
            missing: vec![],
            end: None,
            in_line_since: None,
            last_call: None,
            serving_since: None,
            waited: Span::default(),
            served: Span::default(),
        }
    }

    pub(super) fn ends(&mut self, end: End) {
        assert_eq!(self.end, None, "a visit ends once");
        self.end = Some(end);
    }

    /// Is in the line: let in, back with a document, sent on or brought back.
    pub(super) fn stands_in_line(&mut self, at: Span) {
        assert_eq!(self.end, None, "who is done stands in no line");
        self.came = true;
        self.in_line_since = Some(at);
    }

    pub(super) fn is_in_line(&self) -> bool {
        self.in_line_since.is_some()
    }

    pub(super) fn fetches(&mut self, documents: Vec<String>) {
        self.missing = documents;
        self.in_line_since = None;
    }

    pub(super) fn called(&mut self, at: Span) {
        assert_eq!(self.end, None, "who is done is not called");
        let since = self.in_line_since.take();
        self.waited = since.map_or(self.waited, |since| self.waited.plus(at.since(since)));
        self.last_call = Some((at, since.is_some()));
    }

    /// The call was a mistake: as if it had lasted no time.
    pub(super) fn passed_back(&mut self) {
        self.in_line_since = self.last_call.filter(|(_, was_in_line)| *was_in_line).map(|it| it.0);
    }

    pub(super) fn serving(&mut self, at: Span) {
        self.serving_since = Some(at);
    }

    /// No longer at a counter.
    pub(super) fn leaves_counter(&mut self, at: Span) {
        let since = self.serving_since.take().unwrap();
        self.served = self.served.plus(at.since(since));
    }

    /// In the order of [`COUNTS`].
    pub(super) fn counts(&self) -> Vec<u64> {
        let ends = |end| self.end == Some(end);
        let is = |name: &&str| match *name {
            "booked" => true,
            "came" => self.came,
            "late" => self.is_late,
            "sent_back" => !self.missing.is_empty(),
            "served" => ends(End::Served),
            "lapsed" => ends(End::Lapsed),
            "no_shows" => ends(End::Missed),
            "cancelled" => ends(End::Cancelled),
            "unfinished" => self.came && self.end.is_none(),
            "to_come" => !self.came && self.end.is_none(),
            _ => false,
        };
        COUNTS.iter().map(|name| u64::from(is(name))).collect()
    }
}

/// Counts of visits, in the order of [`COUNTS`].
pub(super) fn counts_of<'a>(visits: impl IntoIterator<Item = &'a Visit>) -> Vec<u64> {
    let none = vec![0; COUNTS.len()];
    visits.into_iter().fold(none, |sum, visit| {
        sum.iter().zip(visit.counts()).map(|(sum, one)| sum + one).collect()
    })
}

/// How long those who are done waited, and how long they were served.
pub(super) fn lasted<'a>(visits: impl IntoIterator<Item = &'a Visit>) -> [Vec<Span>; 2] {
    let done = visits.into_iter().filter(|visit| visit.end == Some(End::Served));
    let (waited, served) = done.map(|visit| (visit.waited, visit.served)).unzip();
    [waited, served]
}

/// The least of them that so many of a hundred had no longer than.
pub(super) fn percentile(of: &[Span], percent: usize) -> Span {
    let ranked = |side: fn(&Span) -> i64| {
        let mut all: Vec<_> = of.iter().map(side).collect();
        all.sort_unstable();
        all[(all.len() * percent).div_ceil(100) - 1]
    };
    Span { from: ranked(|span| span.from), to: ranked(|span| span.to) }
}
