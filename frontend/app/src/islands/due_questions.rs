//! Questions that are asked only after certain answers.

#[cfg(feature = "ssr")]
use {super::props::island, domain::service::Question, leptos::prelude::*};

/// The id of what holds a question that has a `when`, from the question's name.
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub fn due_id(name: &str) -> String {
    format!("{name}-due")
}

/// Shows a question once the answer is chosen after which it is asked; until then it is not there, and
/// nothing of it is sent.
///
/// Interactive because the form is not asked for anew at each choice. Without JavaScript every question
/// is there, and says after which answer it is asked.
#[cfg(feature = "ssr")]
#[component]
pub fn DueQuestions(
    /// The questions of the form.
    questions: Vec<&'static Question>,
) -> impl IntoView {
    let props = questions.into_iter().filter_map(|question| {
        let when = question.when.as_ref()?;
        let head = [question.name.clone(), when.question.clone(), when.is.len().to_string()];
        Some(head.into_iter().chain(when.is.iter().cloned()))
    });
    let props: Vec<String> = props.flatten().collect();
    island("DueQuestions", &props, ())
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::rc::Rc;

    use super::due_id;
    use crate::islands::{
        element::{on, window},
        props::Props,
    };
    use domain::service::When;
    use wasm_bindgen::prelude::wasm_bindgen;
    use web_sys::{Element, HtmlElement};

    #[wasm_bindgen(js_name = DueQuestions)]
    pub fn wake(island: &HtmlElement) {
        let Ok(Some(form)) = island.closest("form") else { return };
        let questions = read(&mut Props::from(island));
        let form = Rc::new(form);
        let show = {
            let form = form.clone();
            move || questions.iter().for_each(|(name, when)| show_if_due(&form, name, when))
        };
        show();
        let show = Rc::new(show);
        // Back brings choices again without a word of it.
        let again = show.clone();
        on(&window(), "pageshow", move |_| again());
        on(&form, "change", move |_| show());
    }

    fn read(props: &mut Props) -> Vec<(String, When)> {
        let mut questions = Vec::new();
        loop {
            let name = props.take();
            if name.is_empty() {
                return questions;
            }
            let (question, count) = (props.take(), props.take().parse().unwrap_or(0));
            let is = (0..count).map(|_| props.take()).collect();
            questions.push((name, When { question, is }));
        }
    }

    fn show_if_due(form: &Element, name: &str, when: &When) {
        let within = |selector: &str| form.query_selector(selector).ok().flatten();
        let Some(place) = within(&format!("#{}", due_id(name))) else { return };
        // Of what is not asked itself nothing is chosen.
        let chosen = within(&format!("[name='{}']:checked:enabled", when.question));
        let value = chosen.and_then(|chosen| chosen.get_attribute("value"));
        let due = when.holds(value.as_deref());
        set(&place, "hidden", !due);
        set(&place, "disabled", !due);
        // That it would be asked is plain to see.
        if let Some(note) = within(&format!("#{} > .due-when", due_id(name))) {
            set(&note, "hidden", true);
        }
    }

    /// Fails for no element.
    fn set(element: &Element, name: &str, there: bool) {
        let _ =
            if there { element.set_attribute(name, "") } else { element.remove_attribute(name) };
    }
}
