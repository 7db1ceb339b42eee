//! Scenes: what somebody who stands before a field sign came for. A scene is a file, `data/scenes/NAME.toml`, and
//! nothing else: it names the themes, the stages of a parcel's life and the services that its page begins with.
//! What may be shown of them is the policy's to say, as everywhere.

use std::{collections::HashSet, sync::LazyLock};

use serde::Deserialize;

use crate::{
    catalogue_files::{self as files, Text},
    examination::{CatalogueErrors, Examination},
    lifecycle::Stage,
    localized::Localized,
    restriction::{Restrictions, ThemeAnswer},
    theme::ThemeId,
};

/// A scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// Its name in addresses, that of its file: `farmland`.
    pub id: String,
    /// Title for people.
    pub title: Localized,
    /// What its page says first.
    pub lead: Localized,
    /// The themes that matter there, first things first.
    pub themes: Vec<ThemeId>,
    /// The stages of the parcel's life that matter there: with any, its page tells the whole life.
    pub stages: Vec<Stage>,
    /// The services that people want there, by id, first things first.
    pub services: Vec<String>,
    /// Whether people want to know there what a place is suitable for.
    pub sites: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: Localized,
    lead: Localized,
    themes: Vec<ThemeId>,
    #[serde(default)]
    stages: Vec<Stage>,
    services: Vec<String>,
    #[serde(default)]
    sites: bool,
}

/// Reads a scene of that name. One of the program passes over themes and services that an operator took out of
/// their catalogues; an operator's own names none that is not there.
///
/// # Errors
/// Every fault with its line.
pub(crate) fn parse(
    (name, text): (&str, &Text),
    themes: &[ThemeId],
    services: &[String],
) -> Result<Scene, CatalogueErrors> {
    let mut exam = Examination::of(&text.text, &text.file);
    let File { title, lead, themes: mut own, stages, services: mut items, sites } = exam.shape()?;
    let rule = "a scene's file has a-z, 0-9 and - only in its name, as in site-selection.toml";
    exam.id("title", name, b'-', rule);
    exam.worded("title", &title);
    exam.worded("lead", &lead);
    let begins = !own.is_empty() && !items.is_empty();
    exam.rule(begins, "themes", name, "a scene names a theme and a service at least");
    if !text.own {
        own.retain(|theme| themes.contains(theme));
        items.retain(|item| services.contains(item));
    }
    for (at, theme) in own.iter().enumerate() {
        let place = format!("themes/{at}");
        let known = themes.contains(theme) && !own[..at].contains(theme);
        exam.rule(known, &place, &theme.0, "a scene names themes of themes.toml, each once");
    }
    for (at, item) in items.iter().enumerate() {
        let place = format!("services/{at}");
        let known = services.contains(item) && !items[..at].contains(item);
        exam.rule(known, &place, item, "a scene names services of services.toml, each once");
    }
    let id = name.to_owned();
    exam.end(Scene { id, title, lead, themes: own, stages, services: items, sites })
}

/// Every scene, by name. Source: `domain/data/scenes/`, and the operator's `scenes/`.
#[must_use]
pub fn scenes() -> &'static [Scene] {
    static READ: LazyLock<Vec<Scene>> = LazyLock::new(|| {
        let themes: Vec<_> = crate::theme::themes().iter().map(|theme| theme.id.clone()).collect();
        let services: Vec<_> =
            crate::service::services().iter().map(|item| item.id.clone()).collect();
        let read = |of| files::sound(parse(of, &themes, &services));
        files::in_use().scenes().map(read).filter(Scene::says_something).collect()
    });
    &READ
}

/// The scene of that name.
#[must_use]
pub fn scene(id: &str) -> Option<&'static Scene> {
    scenes().iter().find(|scene| scene.id == id)
}

impl Scene {
    /// Of these answers, those to its themes, in its order: a theme without data is among them as such (rule Z4).
    #[must_use]
    pub fn restrictions(&self, all: &Restrictions) -> Restrictions {
        let own = |answers: &[ThemeAnswer]| -> Vec<ThemeAnswer> {
            let own = self
                .themes
                .iter()
                .flat_map(|theme| answers.iter().filter(move |answer| answer.theme.id == *theme));
            own.cloned().collect()
        };
        let named: HashSet<_> = self.themes.iter().collect();
        Restrictions {
            figures: all.figures,
            concerned: own(&all.concerned),
            not_concerned: own(&all.not_concerned),
            no_data: own(&all.no_data),
            elsewhere: all
                .elsewhere
                .iter()
                .filter(|it| named.contains(&it.theme))
                .cloned()
                .collect(),
        }
    }

    /// Whether a theme of it is left: an operator may have taken out each that one of the program names.
    pub(crate) fn says_something(&self) -> bool {
        !self.themes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{CatalogueErrors, Catalogues, Texts};

    const NINE: [&str; 9] = [
        "demolition",
        "farmland",
        "hazard",
        "planning",
        "registration",
        "restoration",
        "site-selection",
        "supervision",
        "supply",
    ];

    fn with(name: &str, text: &str) -> Result<Vec<String>, String> {
        let mut texts = Texts::embedded();
        texts.replace(name, name, text.to_owned()).map_err(|error| error.to_string())?;
        let read = Catalogues::read(texts);
        let scenes = read.map_err(|CatalogueErrors(faults)| faults[0].to_string())?;
        Ok(scenes.scenes().iter().map(|scene| scene.id.clone()).collect())
    }

    #[test]
    fn the_scenes_of_the_plan_are_there_and_each_begins_with_what_matters() {
        let ids: Vec<&str> = scenes().iter().map(|scene| &*scene.id).collect();
        assert_eq!(ids, NINE);
        for (id, theme, service) in [
            ("farmland", "permanent_basic_farmland", "violation-report"),
            ("hazard", "geological_hazard", "hazard-zone"),
            ("supervision", "planning_use", "violation-report"),
        ] {
            let scene = scene(id).unwrap();
            assert_eq!((&*scene.themes[0].0, &*scene.services[0]), (theme, service));
        }
        assert!(scene("supervision").unwrap().stages.contains(&Stage::Approved));
        assert!(scene("site-selection").unwrap().sites);
    }

    #[test]
    fn adding_a_scene_is_adding_a_file() {
        let harbour = r#"
            title = { zh = "岸线", en = "Shore" }
            lead = { zh = "先看海。", en = "The sea comes first." }
            themes = ["coastline"]
            services = ["data-correction"]
        "#;
        let ids = with("scenes/harbour.toml", harbour).unwrap();
        assert_eq!(ids.len(), NINE.len() + 1);
        assert!(ids.contains(&"harbour".to_owned()));
        // And one of the program's name takes its place.
        assert_eq!(with("scenes/hazard.toml", harbour).unwrap(), NINE);
    }

    #[test]
    fn what_is_wrong_with_a_scene_is_told_with_its_line() {
        let text = crate::catalogue_files::embedded("scenes/hazard.toml");
        for (name, from, to, words) in [
            ("hazard", "\"flood\"", "\"flod\"", "themes of themes.toml"),
            ("hazard", "\"flood\"", "\"geological_hazard\"", "each once"),
            ("hazard", "\"hazard-zone\"", "\"hazard\"", "services of services.toml"),
            ("hazard", "stages", "stage", "unknown field"),
            ("Hazard", "", "", "in its name"),
        ] {
            let name = format!("scenes/{name}.toml");
            let fault = with(&name, &text.replacen(from, to, 1)).unwrap_err();
            assert!(fault.contains(words) && fault.contains(", line "), "{fault}");
        }
        for name in ["scenes/", "scenes/a/b.toml", "scenes/hazard.csv", "scene/hazard.toml"] {
            assert!(with(name, text).unwrap_err().contains("no file of the catalogues"), "{name}");
        }
    }

    #[test]
    fn a_scene_of_the_program_names_what_is_there_and_outlives_what_an_operator_takes_out() {
        for (name, _) in Texts::embedded().scenes() {
            let name = format!("scenes/{name}.toml");
            assert_eq!(with(&name, crate::catalogue_files::embedded(&name)).unwrap(), NINE);
        }
        let mut texts = Texts::embedded();
        let themes = crate::catalogue_files::embedded("themes.toml");
        let at = themes.find("[[theme]]\nid = \"flood\"").unwrap();
        let after = themes[at + 1..].find("[[theme]]").unwrap() + at + 1;
        let without = format!("{}{}", &themes[..at], &themes[after..]);
        texts.replace("themes.toml", "themes.toml", without).unwrap();
        let read = Catalogues::read(texts).unwrap();
        let hazard = read.scenes().iter().find(|scene| scene.id == "hazard").unwrap();
        assert_eq!(hazard.themes, [ThemeId("geological_hazard".into())]);
    }

    #[test]
    fn a_scene_of_the_program_of_which_no_theme_is_left_is_none() {
        let mut texts = Texts::embedded();
        let mut themes = crate::catalogue_files::embedded("themes.toml").to_owned();
        for id in ["flood", "geological_hazard"] {
            let at = themes.find(&format!("[[theme]]\nid = \"{id}\"")).unwrap();
            let next = themes[at + 1..].find("[[theme]]").map_or(themes.len(), |to| to + at + 1);
            themes.replace_range(at..next, "");
        }
        texts.replace("themes.toml", "themes.toml", themes).unwrap();
        let read = Catalogues::read(texts).unwrap();
        assert!(read.scenes().iter().all(|scene| scene.id != "hazard" && !scene.themes.is_empty()));
    }

    #[test]
    fn z4_what_a_scene_shows_of_a_place_keeps_every_answer_to_its_themes() {
        let all = Restrictions::sort(&[], &[], jiff::civil::date(2026, 11, 29));
        for scene in scenes() {
            let own = scene.restrictions(&all);
            let told: Vec<_> = own.no_data.iter().map(|answer| answer.theme.id.clone()).collect();
            assert_eq!(told, scene.themes, "{}", scene.id);
            assert!(own.concerned.is_empty() && own.not_concerned.is_empty());
        }
    }
}
