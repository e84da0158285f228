//! What is wrong with a tree: each function gives a line for each fault.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{Arrow, Tree};
use super::{CRATES, FOREIGN, ROOMS};

impl Arrow {
    fn fault(&self, rule: &str) -> String {
        format!("{}:{} names {}: {rule}", self.from, self.line, self.to)
    }
}

/// The folder of a file's crate.
fn folder(file: &str) -> &str {
    file.split_once("/src/").map_or(file, |(folder, _)| folder)
}

/// The room of a file of the shared crate; none: its root.
fn room(file: &str) -> Option<&str> {
    let inside = file.strip_prefix("shared/src/")?.trim_end_matches(".rs");
    inside.split('/').next().filter(|room| *room != "lib")
}

fn height(layers: &[&str], layer: &str) -> Option<usize> {
    layers.iter().position(|known| *known == layer)
}

/// Arrows to a crate that is not below; functions are beside each other.
pub(super) fn crates(tree: &Tree) -> Vec<String> {
    let layer = |file: &str| height(&CRATES, folder(file).split('/').next().unwrap_or_default());
    let is_wrong = |arrow: &Arrow| {
        folder(&arrow.from) != folder(&arrow.to) && layer(&arrow.to) >= layer(&arrow.from)
    };
    let wrong = tree.arrows().into_iter().filter(is_wrong);
    wrong.map(|arrow| arrow.fault("crates know those below them only")).collect()
}

/// Files of the domain that name a crate for input or output.
pub(super) fn domain(tree: &Tree) -> Vec<String> {
    let is_foreign = |name: &str| {
        FOREIGN
            .iter()
            .any(|foreign| name == *foreign || foreign.ends_with('_') && name.starts_with(foreign))
    };
    let outside = tree.outside().into_iter();
    let wrong = outside.filter(|arrow| folder(&arrow.from) == "domain" && is_foreign(&arrow.to));
    wrong.map(|arrow| arrow.fault("the domain is pure")).collect()
}

/// Arrows to a room above, and files in rooms that the table does not have.
pub(super) fn rooms(tree: &Tree) -> Vec<String> {
    let is_unknown = |file: &&str| room(file).is_some_and(|room| height(&ROOMS, room).is_none());
    let unknown = tree.files().into_iter().filter(is_unknown);
    let unknown = unknown.map(|file| format!("{file} is in a room that the table does not have"));
    let height = |file: &str| room(file).map_or(Some(ROOMS.len()), |room| height(&ROOMS, room));
    let is_wrong = |arrow: &Arrow| {
        let is_inside = [&arrow.from, &arrow.to].iter().all(|file| folder(file) == "shared");
        is_inside && room(&arrow.from).is_some() && height(&arrow.from) < height(&arrow.to)
    };
    let wrong = tree.arrows().into_iter().filter(is_wrong);
    unknown.chain(wrong.map(|arrow| arrow.fault("rooms know those below them only"))).collect()
}

/// Files of a crate that know each other in a circle.
pub(super) fn circles(tree: &Tree) -> Vec<String> {
    let arrows = tree.arrows();
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for arrow in arrows.iter().filter(|arrow| folder(&arrow.from) == folder(&arrow.to)) {
        known.entry(&arrow.from).or_default().insert(&arrow.to);
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        known.keys().map(|file| (*file, reach(&known, file))).collect();
    let knows = |from: &str, to: &str| reached.get(from).is_some_and(|files| files.contains(to));
    let mut circles: BTreeSet<BTreeSet<&str>> = BTreeSet::new();
    for file in reached.keys().filter(|file| knows(file, file)) {
        circles.insert(reached[file].iter().copied().filter(|other| knows(other, file)).collect());
    }
    circles.iter().map(|circle| describe(circle, &arrows)).collect()
}

/// All files that a file knows, itself or through others.
fn reach<'a>(known: &BTreeMap<&str, BTreeSet<&'a str>>, file: &'a str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![file];
    while let Some(file) = waiting.pop() {
        let next = known.get(file).into_iter().flatten();
        waiting.extend(next.filter(|next| reached.insert(**next)));
    }
    reached
}

/// A circle with the arrows in it, one of each pair of files.
fn describe(circle: &BTreeSet<&str>, arrows: &BTreeSet<Arrow>) -> String {
    let mut pairs = BTreeSet::new();
    let is_in = |arrow: &&Arrow| circle.contains(&*arrow.from) && circle.contains(&*arrow.to);
    let inside = arrows.iter().filter(is_in).filter(|arrow| pairs.insert((&arrow.from, &arrow.to)));
    let lines: String =
        inside.map(|arrow| format!("\n    {}:{} → {}", arrow.from, arrow.line, arrow.to)).collect();
    format!("{} files in a circle:{lines}", circle.len())
}
