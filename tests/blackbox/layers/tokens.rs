//! Small pieces of syntax.

use proc_macro2::{Delimiter, Spacing, TokenTree};

/// One name that a `use` item brings; none: all of a module.
pub(super) struct Leaf {
    pub(super) path: Vec<String>,
    pub(super) name: Option<String>,
    pub(super) line: usize,
}

/// What the tree of a `use` item brings below `prefix`.
pub(super) fn leaves(tree: &[TokenTree], prefix: &[String]) -> Vec<Leaf> {
    let branches = tree.split(|token| is(token, ',')).filter(|branch| !branch.is_empty());
    branches.flat_map(|branch| branch_leaves(branch, prefix)).collect()
}

fn branch_leaves(branch: &[TokenTree], prefix: &[String]) -> Vec<Leaf> {
    let (mut path, mut name) = (prefix.to_vec(), None);
    for (at, token) in branch.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "as" => {
                name = branch.get(at + 1).map(ToString::to_string);
                break;
            }
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Group(group) => {
                return leaves(&group.stream().into_iter().collect::<Vec<_>>(), &path);
            }
            _ => {}
        }
    }
    // `a::{self}` brings `a`.
    if path.len() > 1 && path.last().is_some_and(|word| word == "self") {
        path.pop();
    }
    let is_glob = branch.last().is_some_and(|token| is(token, '*'));
    let name = name.or_else(|| path.last().cloned()).filter(|_| !is_glob);
    vec![Leaf { path, name, line: branch[0].span().start().line }]
}

/// How many tokens the next item has, with its attributes.
pub(super) fn item_len(tokens: &[TokenTree]) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is(token, ';'),
    };
    tokens.iter().position(ends).map_or(tokens.len(), |at| at + 1)
}

/// The word that comes last, without the brackets behind it: `pub` of `pub(crate)`.
pub(super) fn word_before(tokens: &[TokenTree]) -> String {
    let word = match tokens {
        [.., word, TokenTree::Group(_)] | [.., word] => word,
        [] => return String::new(),
    };
    word.to_string()
}

pub(super) fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

pub(super) fn is_colons(first: &TokenTree, second: &TokenTree) -> bool {
    let is_joint = matches!(first, TokenTree::Punct(p) if p.spacing() == Spacing::Joint);
    is_joint && is(first, ':') && is(second, ':')
}
