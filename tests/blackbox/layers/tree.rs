//! All files together: which file defines what another one names.

use std::collections::BTreeSet;
use std::path::Path;

use super::source::{How, Module, Modules, Named, Place, child};

/// A file that names what another file defines, or what another crate does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arrow {
    pub(super) from: String,
    pub(super) line: usize,
    pub(super) to: String,
}

/// The modules of all crates, by their place.
#[derive(Debug, Default)]
pub(super) struct Tree {
    modules: Modules,
}

/// What a path leads to.
enum Found {
    Module(Place),
    /// Something that the module at this place defines.
    Item(Place),
}

/// A `use` of a `use` of a `use`: nobody follows more of them.
const MAX_USES: usize = 16;

impl Tree {
    /// A tree of files with these paths and texts.
    pub(super) fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut modules = Modules::default();
        files.into_iter().for_each(|(file, text)| modules.read(file, text));
        Self { modules }
    }

    /// The files below the folders `src` of the project's crates, without tests.
    pub(super) fn of_project() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let crates = ["domain", "shared", "pages", "local"];
        let mut folders: Vec<_> = crates.iter().map(|name| root.join(name)).collect();
        folders.extend(entries(&root.join("functions")));
        let mut modules = Modules::default();
        let mut waiting: Vec<_> = folders.iter().map(|folder| folder.join("src")).collect();
        while let Some(path) = waiting.pop() {
            if path.file_stem().is_some_and(|name| name == "tests") {
                continue;
            }
            if path.is_dir() {
                waiting.extend(entries(&path));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let file = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                modules.read(&file, &std::fs::read_to_string(&path).unwrap());
            }
        }
        Self { modules }
    }

    /// All files.
    pub(super) fn files(&self) -> BTreeSet<&str> {
        self.modules.0.values().map(|module| module.file.as_str()).collect()
    }

    /// All arrows between files.
    pub(super) fn arrows(&self) -> BTreeSet<Arrow> {
        let all = self.named().filter_map(|(place, module, named)| {
            let to = &self.modules.0[&self.target(place, named)?].file;
            let arrow = Arrow { from: module.file.clone(), line: named.line, to: to.clone() };
            (arrow.from != arrow.to).then_some(arrow)
        });
        all.collect()
    }

    /// What files name that is defined in no file here; an arrow ends with the path's first name.
    pub(super) fn outside(&self) -> BTreeSet<Arrow> {
        let all = self.named().filter(|(place, _, named)| self.find(place, &named.path).is_none());
        let arrow = |(_, module, named): (_, &Module, &Named)| Arrow {
            from: module.file.clone(),
            line: named.line,
            to: named.path[0].clone(),
        };
        all.map(arrow).collect()
    }

    fn named(&self) -> impl Iterator<Item = (&Place, &Module, &Named)> {
        let modules = self.modules.0.iter();
        modules.flat_map(|(place, module)| module.named.iter().map(move |it| (place, module, it)))
    }

    /// The module that an arrow leads to. To name a module is no arrow: what is used of it will be.
    fn target(&self, from: &Place, named: &Named) -> Option<Place> {
        match (self.find(from, &named.path)?, named.how) {
            (Found::Module(place), How::Glob) | (Found::Item(place), How::Used | How::Glob) => {
                Some(place)
            }
            (Found::Item(place), How::Reexported) => (!place.starts_with(from)).then_some(place),
            (Found::Module(_), How::Used | How::Reexported) => None,
        }
    }

    fn find(&self, from: &[String], path: &[String]) -> Option<Found> {
        self.follow(from, path, MAX_USES)
    }

    /// Follows a path as code in the module `from` writes it.
    fn follow(&self, from: &[String], path: &[String], uses: usize) -> Option<Found> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.descend(&from[..1], rest, uses),
            "self" => self.descend(from, rest, uses),
            "super" => self.descend(&from[..from.len().max(2) - 1], rest, uses),
            name => match self.member(from, name, rest.is_empty(), uses) {
                Some(Found::Module(place)) => self.descend(&place, rest, uses),
                Some(item) => Some(item),
                None => self.descend(&[self.folder_of(name)?], rest, uses),
            },
        }
    }

    /// Follows the rest of a path from the module `at`.
    fn descend(&self, at: &[String], path: &[String], uses: usize) -> Option<Found> {
        let Some((name, rest)) = path.split_first() else { return Some(Found::Module(at.into())) };
        if name == "super" {
            return self.descend(&at[..at.len().max(2) - 1], rest, uses);
        }
        match self.member(at, name, rest.is_empty(), uses) {
            Some(Found::Module(place)) => self.descend(&place, rest, uses),
            Some(item) => Some(item),
            None => Some(Found::Item(at.into())),
        }
    }

    /// What a name in the module `at` stands for, unless the module defines it itself. A function may
    /// have the name of the module that it is in: it comes last in a path.
    fn member(&self, at: &[String], name: &str, is_last: bool, uses: usize) -> Option<Found> {
        let uses = uses.checked_sub(1)?;
        let module = self.modules.0.get(at)?;
        let place = child(at, name);
        let inner = self.modules.0.contains_key(&place).then_some(Found::Module(place));
        let bound = module.bound.get(name).and_then(|path| self.follow(at, path, uses));
        let found = if is_last { bound.or(inner) } else { inner.or(bound) };
        found.or_else(|| module.globs.iter().find_map(|glob| self.in_glob(at, glob, name, uses)))
    }

    fn in_glob(&self, at: &[String], glob: &[String], name: &str, uses: usize) -> Option<Found> {
        match self.follow(at, glob, uses)? {
            Found::Module(place) => self.member(&place, name, true, uses),
            Found::Item(_) => None,
        }
    }

    /// The folder of a crate: `shared` of `antrian`, `functions/slots` of `antrian_slots`.
    fn folder_of(&self, name: &str) -> Option<String> {
        if name == "antrian" {
            return Some("shared".to_owned());
        }
        let name = name.strip_prefix("antrian_")?;
        let folders = [name.to_owned(), format!("functions/{name}")];
        folders.into_iter().find(|folder| self.modules.0.contains_key(&[folder.clone()][..]))
    }
}

fn entries(folder: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}
