//! The rule sets that come with the program, from `domain/data/rules/`.

use std::sync::LazyLock;

use super::{Library, RuleErrors, RuleFile};
use crate::law::{Register, register};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../data/rules/", $name)))),*]
    };
}

/// Every file, by its name below the folder.
const FILES: [(&str, &str); 12] = files![
    "cambridge/2026-11-29/districts.csv",
    "cambridge/2026-11-29/rules.toml",
    "cambridge/2026-11-29/set.toml",
    "cambridge/2026-11-29/uses.toml",
    "zhejiang/2026-11-29/facts.toml",
    "zhejiang/2026-11-29/farmland.toml",
    "zhejiang/2026-11-29/planned-use.csv",
    "zhejiang/2026-11-29/planning.toml",
    "zhejiang/2026-11-29/protection.toml",
    "zhejiang/2026-11-29/scores.toml",
    "zhejiang/2026-11-29/set.toml",
    "zhejiang/2026-11-29/uses.toml",
];

/// Reads the sets that come with the program against a register of laws.
///
/// # Errors
/// Every fault. There is none with the register of the program; one of an operator may lack a law.
pub fn read_embedded(laws: &Register) -> Result<Library, RuleErrors> {
    let file =
        |(name, text): (&str, &str)| RuleFile { name: name.to_owned(), text: text.to_owned() };
    Library::read("the embedded rules/", &FILES.map(file), laws)
}

/// The sets that come with the program.
///
/// # Panics
/// When one does not read, which a test holds, or an operator's register of laws lacks what they cite.
#[expect(clippy::panic, reason = "without rules every site would seem to be free")]
pub fn embedded() -> &'static Library {
    static LIBRARY: LazyLock<Library> =
        LazyLock::new(|| read_embedded(register()).unwrap_or_else(|faults| panic!("{faults}")));
    &LIBRARY
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;
    use crate::suitability::{Rule, RuleSet};

    fn below(folder: &Path, name: &str, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = format!("{name}{}", entry.file_name().into_string().unwrap());
            if entry.path().is_dir() {
                below(&entry.path(), &format!("{name}/"), found);
            } else {
                found.insert(name);
            }
        }
    }

    #[test]
    fn every_rule_file_of_the_repository_comes_with_the_program() {
        let mut there = BTreeSet::new();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/rules");
        below(&folder, "", &mut there);
        let embedded: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(there, embedded);
    }

    fn rules() -> impl Iterator<Item = (&'static RuleSet, &'static Rule)> {
        embedded().iter().flat_map(|set| set.rules.iter().map(move |rule| (set, rule)))
    }

    #[test]
    fn sites_s1_no_rule_is_without_basis_office_and_action_in_both_languages() {
        assert!(rules().count() > 30);
        for (set, rule) in rules() {
            let name = format!("{} of {}", rule.id, set.id);
            let mut texts = vec![&rule.title, &rule.action, &set.offices[&rule.office].name];
            assert!(!rule.basis.is_empty(), "{name} has no basis");
            for basis in &rule.basis {
                texts.extend([&basis.document.title, &basis.text]);
            }
            for text in texts {
                assert!(
                    !text.zh.trim().is_empty() && !text.en.trim().is_empty(),
                    "{name}: {text:?}"
                );
            }
        }
    }

    #[test]
    fn z2_every_rule_of_zhejiang_rests_on_laws_of_the_register_that_were_read() {
        for (set, rule) in rules().filter(|(set, _)| set.id == "zhejiang") {
            for basis in &rule.basis {
                let citation = basis.document.citation().unwrap();
                assert!(
                    citation.is_read(),
                    "{} cites {}, which nobody read",
                    rule.id,
                    citation.key()
                );
                let from = basis.document.from.unwrap_or(set.date);
                assert_eq!(citation.fault(from), None, "{}", rule.id);
            }
        }
    }

    #[test]
    fn every_set_of_the_program_is_marked_for_review_and_every_theme_of_the_portal_is_looked_at() {
        assert!(embedded().iter().all(|set| set.review.is_some()));
        let zhejiang = embedded().iter().find(|set| set.id == "zhejiang").unwrap();
        let looked_at: BTreeSet<String> =
            zhejiang.rules.iter().flat_map(|rule| rule.stands.atoms()).filter_map(layer).collect();
        let zones = zhejiang.tables.values().map(|table| table.zone.clone());
        let zones = zones.filter_map(|zone| layer_of(&zone)).collect();
        for theme in crate::theme::themes() {
            let of_theme = zhejiang.layers.values().filter(|layer| {
                layer.source == crate::suitability::LayerSource::Theme(theme.id.clone())
            });
            let ids: BTreeSet<String> = of_theme.map(|layer| layer.id.clone()).collect();
            assert!(
                ids.iter().any(|id| looked_at.union(&zones).any(|layer| layer == id)),
                "no rule looks at {}",
                theme.id.0
            );
        }
    }

    fn layer(atom: &crate::suitability::tree::Atom) -> Option<String> {
        layer_of(&atom.subject)
    }

    fn layer_of(subject: &crate::suitability::tree::Subject) -> Option<String> {
        use crate::suitability::tree::Subject;
        match subject {
            Subject::Overlap { layer, .. }
            | Subject::Outside { layer, .. }
            | Subject::Distance { layer, .. } => Some(layer.clone()),
            _ => None,
        }
    }

    #[test]
    fn sites_s10_every_use_has_a_formal_step_and_what_it_fills_in_its_service_asks() {
        use crate::service::{InputKind, service};
        for set in embedded().iter() {
            for at in 0..set.uses.len() {
                assert!(set.steps_for(at).count() > 0, "{} of {}", set.uses[at].id, set.id);
            }
            for step in &set.steps {
                let Some(id) = &step.service else { continue };
                let item = service(id).unwrap_or_else(|| panic!("{id} is no service"));
                let question = |name: &str| {
                    let found = item.question(name).filter(|question| !question.personal);
                    found.unwrap_or_else(|| panic!("{id} does not ask {name}"))
                };
                if let Some(name) = &step.tells {
                    assert_eq!(question(name).kind, InputKind::Paragraph, "{name} of {id}");
                }
                for fill in &step.fills {
                    let options = &question(&fill.question).options;
                    assert!(options.iter().any(|option| option.value == fill.is), "{fill:?}");
                }
            }
        }
    }

    #[test]
    fn a_use_is_found_by_no_word_of_another() {
        // Two uses that people call alike would be a choice that the page has to offer.
        for set in embedded().iter() {
            let mut words: Vec<(&str, &str)> = Vec::new();
            for one in &set.uses {
                let own = [one.name.zh.as_str(), one.name.en.as_str()].into_iter();
                let more = one.words.zh.iter().chain(&one.words.en).map(String::as_str);
                words.extend(own.chain(more).map(|word| (word, one.id.as_str())));
            }
            for (at, (word, id)) in words.iter().enumerate() {
                let twice = words[..at].iter().find(|(other, _)| other.eq_ignore_ascii_case(word));
                assert_eq!(twice, None, "{word} of {id} in {}", set.id);
            }
        }
    }
}
