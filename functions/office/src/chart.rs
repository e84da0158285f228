//! A chart of sums as bars, drawn on the server: each bar is a line of parts that are told apart by their
//! filling, not by colour alone. The table with the same figures stands beneath.

use antrian::domain::day_report::Sum;
use antrian_pages::page::Page;

/// Bars one below the other.
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    pub(crate) height: u32,
    pub(crate) bars: Vec<Bar>,
    /// What the fillings mean: class and words.
    pub(crate) legend: [(&'static str, &'static str); 4],
}

pub(crate) struct Bar {
    pub(crate) name: String,
    /// Top of the bar.
    pub(crate) y: u32,
    pub(crate) parts: Vec<Part>,
    /// The same in words, for whoever does not see it.
    pub(crate) words: String,
}

pub(crate) struct Part {
    pub(crate) class: &'static str,
    pub(crate) x: u32,
    pub(crate) width: u32,
}

/// Where bars begin, and how long the longest is, in units of the drawing.
const LEFT: u32 = 100;
const LONGEST: u32 = 400;
/// From one bar to the next.
const STEP: u32 = 28;

impl Chart {
    /// A bar for each sum, in their order.
    pub(crate) fn of(page: &Page, title: &'static str, sums: &[(String, &Sum)]) -> Self {
        let legend = [
            ("came", page.say("datang", "came")),
            ("tocome", page.say("belum datang", "still to come")),
            ("missed", page.say("tidak datang", "did not come")),
            ("unused", page.say("kursi kosong", "unused seats")),
        ];
        let longest = sums.iter().map(|(_, sum)| lengths(sum).iter().sum()).max().unwrap_or(0);
        let bars: Vec<_> = (0..).zip(sums).map(|(n, one)| bar(n, one, longest, &legend)).collect();
        let height = STEP * u32::try_from(bars.len()).unwrap_or_default();
        Self { title, height, bars, legend }
    }
}

/// People and seats of a bar, in the order of the legend.
fn lengths(sum: &Sum) -> [u32; 4] {
    [sum.figures.came, sum.figures.to_come, sum.figures.no_shows, sum.seats.unused]
}

fn bar(
    n: u32,
    (name, sum): &(String, &Sum),
    longest: u32,
    legend: &[(&'static str, &str); 4],
) -> Bar {
    let (mut parts, mut words, mut before) = (vec![], vec![], 0);
    for (&(class, word), length) in legend.iter().zip(lengths(sum)) {
        let at = |length: u32| length * LONGEST / longest.max(1);
        let (x, end) = (at(before), at(before + length));
        before += length;
        if length > 0 {
            parts.push(Part { class, x: LEFT + x, width: end - x });
            words.push(format!("{word} {length}"));
        }
    }
    Bar { name: name.clone(), y: n * STEP, parts, words: words.join(", ") }
}
