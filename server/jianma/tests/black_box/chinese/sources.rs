//! What the sources say to people, sentence by sentence: each must have its Chinese.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Folders beside this crate in which every sentence is said on the command line.
const WHOLE: [&str; 5] =
    ["jianma/src", "intake/src", "keys/src", "audit/src", "../domain/src/suitability/read"];
/// Folders of which the command line says the errors.
const ERRORS: [&str; 13] = [
    "label/src",
    "service/src",
    "service-api/src",
    "store/src",
    "store-sqlite/src",
    "forward/src",
    "notify/src",
    "staff/src",
    "oidc/src",
    "web/src",
    "sample-department/src",
    "demo-district/src",
    "../domain/src",
];
/// What is no word of the command line: names of the sample department, which have their Chinese beside
/// them, the beginnings of files, and the reference that a test writes into a guide.
const NOT_SAID: [&str; 18] = [
    // Looked for in what is said.
    "may have",
    "Registration centre (sample)",
    "Planning office (sample)",
    "Geological hazard office (sample)",
    "Township office (sample)",
    "Demonstration of Jianma (sample operator)",
    "Window 3, demonstration service centre",
    "1 Demonstration Avenue (invented, do not go there)",
    "Monday to Friday 9:00–12:00, 13:30–17:00 (invented)",
    "<!doctype html",
    "IN.csv -oo GEOM_POSSIBLE_NAMES=WKT_COLUMN -oo KEEP_GEOM_COLUMNS=NO",
    "AutoCAD Binary DXF",
    "SQLite format 3\0",
    "at line",
    "jianma receipt key check",
    "takes any key",
    "role = \"parcels\"",
    "kind by a property",
];

/// A text of the sources, and whether it is that of an error.
struct Found {
    text: String,
    is_error: bool,
}

/// The texts of a file, without its tests, its log and what only the compiler reads.
fn texts(tokens: TokenStream, is_error: bool, found: &mut Vec<Found>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        let next = trees.get(at + 1);
        match (tree, next) {
            (TokenTree::Punct(mark), Some(TokenTree::Group(group)))
                if mark.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
            {
                let text = group.stream().to_string();
                if text.starts_with("error") {
                    texts(group.stream(), true, found);
                    at += 1;
                } else if text.starts_with("cfg") && text.contains("test") {
                    // The item under it: to its braces, or its end.
                    let ends = |tree: &TokenTree| match tree {
                        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                        TokenTree::Punct(mark) => mark.as_char() == ';',
                        _ => false,
                    };
                    at += trees[at..].iter().position(ends).unwrap_or(trees.len());
                } else {
                    at += 1;
                }
            }
            // What is said of a whole file.
            (TokenTree::Punct(first), Some(TokenTree::Punct(second)))
                if first.as_char() == '#' && second.as_char() == '!' =>
            {
                at += 2;
            }
            (TokenTree::Ident(name), Some(TokenTree::Punct(mark))) if mark.as_char() == '!' => {
                let is_log =
                    ["trace", "debug", "info", "warn", "error"].iter().any(|it| name == it);
                let is_build = name == "env" || name.to_string().starts_with("include_");
                // Past the bang, and past what is in it.
                at += if is_log || is_build { 2 } else { 1 };
            }
            (TokenTree::Group(group), _) => texts(group.stream(), is_error, found),
            (TokenTree::Literal(literal), _) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    found.push(Found { text: text.value(), is_error });
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// A text with every place to fill in written alike.
fn with_places(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.replace("{{", "\u{1}").replace("}}", "\u{2}");
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, behind)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push_str("{}");
        rest = behind.to_owned();
    }
    out.push_str(&rest);
    out.replace('\u{1}', "{").replace('\u{2}', "}")
}

/// Whether a text is more than a name: two words, or of an error one.
fn is_said(text: &str, is_error: bool) -> bool {
    let marks = |c: char| c.is_ascii_punctuation();
    let words = text.split_whitespace().map(|word| word.trim_matches(marks));
    let words =
        words.filter(|word| word.len() > 1 && word.bytes().all(|b| b.is_ascii_alphabetic()));
    words.count() > usize::from(!is_error)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_test = path.file_stem().is_some_and(|name| name == "tests");
        if path.is_dir() && !is_test {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !is_test {
            found.push(path);
        }
    }
}

#[test]
fn no_sentence_of_the_sources_is_without_chinese() {
    let memory: BTreeMap<String, String> =
        toml::from_str(include_str!("../../../locales/messages.zh.toml")).unwrap();
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut missing = Vec::new();
    let mut sentences = 0;
    for (folders, whole) in [(&WHOLE[..], true), (&ERRORS, false)] {
        let mut sources = Vec::new();
        folders.iter().for_each(|folder| files(&server.join(folder), &mut sources));
        for path in sources {
            let tokens: TokenStream = fs::read_to_string(&path).unwrap().parse().unwrap();
            let mut found = Vec::new();
            texts(tokens, false, &mut found);
            for Found { text, is_error } in found.iter().filter(|it| whole || it.is_error) {
                let parts = with_places(text);
                let parts = parts.split(['\n', '\t']).map(str::trim);
                for part in parts.filter(|part| is_said(part, *is_error)) {
                    sentences += 1;
                    let is_heading = part.starts_with('#');
                    if !is_heading && !NOT_SAID.contains(&part) && !memory.contains_key(part) {
                        missing.push(format!("{}: {part}", path.display()));
                    }
                }
            }
        }
    }
    assert!(sentences > 600, "{sentences}");
    assert!(
        missing.is_empty(),
        "without Chinese in locales/messages.zh.toml:\n{}",
        missing.join("\n")
    );
}
