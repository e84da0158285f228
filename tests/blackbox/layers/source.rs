//! What a source file names: its `use` items, and the paths in its code.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};

use super::tokens::{Leaf, is, is_colons, item_len, leaves, word_before};

/// The place of a module: its crate's folder, then its names.
pub(super) type Place = Vec<String>;

/// A module of a file.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) file: String,
    /// Names that `use` items bring, with the path behind each.
    pub(super) bound: BTreeMap<String, Vec<String>>,
    /// Modules whose names are all brought.
    pub(super) globs: Vec<Vec<String>>,
    pub(super) named: Vec<Named>,
    /// Types and calls that stand alone in the code, each with its first line.
    words: BTreeMap<String, usize>,
}

/// A path that a file names.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
    pub(super) how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// In the code, or in a `use` of its own.
    Used,
    /// By `use …::*`.
    Glob,
    /// By `pub use`: for others.
    Reexported,
}

/// All modules of the crates' files.
#[derive(Debug, Default)]
pub(super) struct Modules(pub(super) BTreeMap<Place, Module>);

impl Modules {
    /// Reads a file, such as `shared/src/ledger/hold.rs`. What only tests compile is left out.
    pub(super) fn read(&mut self, file: &str, text: &str) {
        let tokens = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
        Reading { all: self, file, is_exported: false }.module(&place_of(file), tokens);
    }
}

/// Where a file's module stands. `main.rs` is a crate of its own beside its library.
fn place_of(file: &str) -> Place {
    let (folder, inside) = file.split_once("/src/").unwrap_or_else(|| panic!("{file}"));
    let inside = inside.trim_end_matches(".rs").trim_end_matches("/mod");
    match inside {
        "lib" => vec![folder.to_owned()],
        "main" => vec![format!("{folder}/main")],
        names => std::iter::once(folder).chain(names.split('/')).map(str::to_owned).collect(),
    }
}

/// The place of what has this name in a module.
pub(super) fn child(place: &[String], name: &str) -> Place {
    place.iter().cloned().chain([name.to_owned()]).collect()
}

struct Reading<'a> {
    all: &'a mut Modules,
    file: &'a str,
    /// Whether `#[macro_export]` stands before what comes.
    is_exported: bool,
}

impl Reading<'_> {
    fn module(&mut self, place: &[String], tokens: TokenStream) {
        self.file.clone_into(&mut self.at(place).file);
        self.code(place, tokens);
        let module = self.at(place);
        let own: Vec<_> = module.named.iter().filter_map(|named| module.own_use(named)).collect();
        module.named.extend(own);
    }

    fn at(&mut self, place: &[String]) -> &mut Module {
        self.all.0.entry(place.to_vec()).or_default()
    }

    fn code(&mut self, place: &[String], tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at += self.step(place, &tokens[..at], &tokens[at..]);
        }
    }

    /// Reads what comes next; how many tokens it has.
    fn step(&mut self, place: &[String], before: &[TokenTree], next: &[TokenTree]) -> usize {
        match next {
            [sign, TokenTree::Group(inner), rest @ ..] if is(sign, '#') => {
                let skipped = if is_test(inner) { item_len(rest) } else { 0 };
                self.attribute(place, inner);
                2 + skipped
            }
            [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Group(body), ..]
                if word == "mod" =>
            {
                self.module(&child(place, &name.to_string()), body.stream());
                3
            }
            [TokenTree::Ident(word), first, ..] if word == "use" && !is(first, '<') => {
                let len = next.iter().position(|token| is(token, ';')).unwrap_or(next.len());
                self.use_item(place, &next[1..len], word_before(before) == "pub");
                len
            }
            [TokenTree::Ident(_), ..] => self.path(place, before, next),
            [TokenTree::Group(group), ..] => {
                self.code(place, group.stream());
                1
            }
            [TokenTree::Literal(literal), ..] => {
                self.literal(place, literal);
                1
            }
            _ => 1,
        }
    }

    fn attribute(&mut self, place: &[String], inner: &Group) {
        let text = inner.stream().to_string();
        self.is_exported |= text == "macro_export";
        if !text.starts_with("doc") {
            self.code(place, inner.stream());
        }
    }

    /// Notes a path that stands in a text: `with = "crate::storage::lenient"`.
    fn literal(&mut self, place: &[String], literal: &Literal) {
        let text = literal.to_string();
        let path: Vec<_> = text.trim_matches('"').split("::").map(str::to_owned).collect();
        let is_name = |name: &String| name.chars().all(|c| c == '_' || c.is_alphanumeric());
        if path.len() > 1 && path.iter().all(is_name) {
            self.named(place, path, literal.span().start().line, How::Used);
        }
    }

    /// Notes a name or path; how many tokens it has. What follows a type, as in `<T as Trait>::name`,
    /// is no path of its own.
    fn path(&mut self, place: &[String], before: &[TokenTree], next: &[TokenTree]) -> usize {
        let (mut path, mut len) = (vec![next[0].to_string()], 1);
        while let [first, second, TokenTree::Ident(name), ..] = &next[len..]
            && is_colons(first, second)
        {
            path.push(name.to_string());
            len += 3;
        }
        let line = next[0].span().start().line;
        if matches!(before, [.., first, second] if is_colons(first, second)) {
            return len;
        }
        if path.len() > 1 {
            self.named(place, path, line, How::Used);
        } else if let ("macro_rules", Some(name)) = (&*path[0], next.get(2)) {
            self.export(place, name);
        } else if stands_alone(before, next) {
            self.at(place).words.entry(path.remove(0)).or_insert(line);
        }
        len
    }

    /// Binds an exported macro at its crate's root.
    fn export(&mut self, place: &[String], name: &TokenTree) {
        if std::mem::take(&mut self.is_exported) {
            let path = [&["crate".to_owned()], &place[1..], &[name.to_string()]].concat();
            self.at(&place[..1]).bound.insert(name.to_string(), path);
        }
    }

    fn use_item(&mut self, place: &[String], tree: &[TokenTree], is_public: bool) {
        for Leaf { path, name, line } in leaves(tree, &[]) {
            let how = match name {
                None => How::Glob,
                Some(_) if is_public => How::Reexported,
                Some(_) => How::Used,
            };
            match name {
                Some(name) => drop(self.at(place).bound.insert(name, path.clone())),
                None => self.at(place).globs.push(path.clone()),
            }
            self.named(place, path, line, how);
        }
    }

    fn named(&mut self, place: &[String], path: Vec<String>, line: usize, how: How) {
        self.at(place).named.push(Named { path, line, how });
    }
}

impl Module {
    /// The use that the module itself makes of a name that it re-exports.
    fn own_use(&self, named: &Named) -> Option<Named> {
        let (name, _) = self.bound.iter().find(|(_, path)| **path == named.path)?;
        let line = *self.words.get(name).filter(|_| named.how == How::Reexported)?;
        Some(Named { line, how: How::Used, ..named.clone() })
    }
}

fn is_test(attribute: &Group) -> bool {
    attribute.stream().to_string().replace(' ', "") == "cfg(test)"
}

/// Whether a name is a type or is called, and is no method, field or definition.
fn stands_alone(before: &[TokenTree], next: &[TokenTree]) -> bool {
    let is_call = matches!(next, [_, TokenTree::Group(args), ..] if args.delimiter() == Delimiter::Parenthesis);
    let is_named = is_call || next[0].to_string().starts_with(char::is_uppercase);
    is_named && !before.last().is_some_and(|token| is(token, '.')) && word_before(before) != "fn"
}
