//! The formal step after a verdict (*sites S10*): by which form, with what is known filled in, or where it is taken
//! if no form here leads to it.

use domain::{
    LandCode,
    code::ParcelCode,
    service::{Answers, Ground, ServiceItem},
    suitability::{NextStep, RuleSet},
};
use leptos::prelude::*;
use service_api::{Assessment, Judged, SearchHit};

use super::{
    parcel_field::{not_a_code, parcel_field},
    step_words,
    step_words::Site,
};
use crate::{
    components::{CodeLine, ContactRows, as_named, department_words},
    current,
    outlines::{OutlineQuestion, StepCode},
    pages::error::hidden,
    urls,
    words::Words,
};

/// The steps at a site that has a code, each with its form filled in.
pub(super) fn at_code(
    words: Words,
    told: &Assessment,
    code: LandCode,
    judged: &Judged,
    link: &str,
) -> Option<AnyView> {
    let page = current::page();
    let link = urls::absolute(page.tls, &page.host, link);
    let site = Site::Code { code: &code, link: &link };
    let grounds = Ground::of(&code);
    let way = |step: &NextStep| {
        let item = offered(step).filter(|item| item.fits_on(&grounds))?;
        let values = filled(words, told, step, item, judged, &site);
        let href = urls::filled_request(&code, &item.id, &values);
        let text = words.fill("sites_step_go", &[("service", &words.pick(&item.title))]);
        let way = view! {
            <p><a class="button" href=href>{text}</a></p>
            <p class="quiet">{words.t("sites_step_filled")}</p>
        };
        Some(way.into_any())
    };
    let other =
        view! { <p><a href=urls::request_form(&code)>{words.t("sites_step_other")}</a></p> };
    steps(words, told, &way, other.into_any())
}

/// The steps on an outline: a request is about a parcel, and which of them it is nobody but who drew it can say.
pub(super) fn of_outline(
    words: Words,
    told: &Assessment,
    question: &OutlineQuestion,
    judged: &Judged,
) -> Option<AnyView> {
    let asks = question.asks.as_ref()?;
    let codes: Vec<ParcelCode> = match &question.step_code {
        Some(StepCode::Read(code)) => vec![code.parcel()],
        _ => {
            let listed = question.parcels.iter().flatten().filter(|hit| !hit.ended);
            listed.map(|hit| hit.code).collect()
        }
    };
    let way = |step: &NextStep| {
        let item = offered(step)?;
        let all = codes.iter().copied().map(LandCode::Parcel);
        let fitting: Vec<LandCode> = all.filter(|code| item.fits_on(&Ground::of(code))).collect();
        if fitting.is_empty() {
            return codes.is_empty().then(|| {
                view! { <p class="quiet">{words.t("sites_step_which_first")}</p> }.into_any()
            });
        }
        let values = filled(words, told, step, item, judged, &Site::Outline(asks.outline()));
        Some(buttons(words, item, &fitting, &values, question))
    };
    steps(words, told, &way, which(words, question))
}

/// The service of a step, if it can be asked for here.
fn offered(step: &NextStep) -> Option<&'static ServiceItem> {
    current::service(step.service.as_deref()?)
}

/// What is known of the site, as answers to questions of a service.
fn filled(
    words: Words,
    told: &Assessment,
    step: &NextStep,
    item: &ServiceItem,
    judged: &Judged,
    site: &Site<'_>,
) -> Answers {
    let given = told.rules.filled(step, told.use_at, &judged.facts);
    let given = given.into_iter().map(|(question, is)| (question.to_owned(), is.to_owned()));
    let mut values: Answers = given.collect();
    let tells = step.tells.as_deref().and_then(|name| item.question(name));
    values.extend(tells.map(|question| {
        let text = step_words::told(words, told, judged, site, question.max_length);
        (question.name.clone(), text)
    }));
    // Nothing is filled in that tells who asks.
    values.retain(|name, _| item.question(name).is_some_and(|question| !question.personal));
    values
}

/// Every step with its way; where there is none, the office and where it is found.
fn steps(
    words: Words,
    told: &Assessment,
    way: &dyn Fn(&NextStep) -> Option<AnyView>,
    other: AnyView,
) -> Option<AnyView> {
    let rules: &RuleSet = &told.rules;
    let each = rules.steps_for(told.use_at).map(|step| {
        let way = way(step).unwrap_or_else(|| nowhere(words, rules, step));
        view! {
            <li class="theme theme-card">
                <h3 class="finding-title">{words.pick(&step.title)}</h3>
                {way}
            </li>
        }
    });
    let each: Vec<_> = each.collect();
    (!each.is_empty()).then(|| {
        view! {
            <section class="sites-steps" aria-labelledby="steps-title">
                <h2 id="steps-title">{words.t("sites_steps_title")}</h2>
                <ul class="themes">{each}</ul>
                {other}
            </section>
        }
        .into_any()
    })
}

/// The office that takes a step, and where: for what no service here is about.
fn nowhere(words: Words, rules: &RuleSet, step: &NextStep) -> AnyView {
    let office = rules.offices.get(&step.office);
    let name = office.map(|office| words.pick(&office.name)).unwrap_or_default();
    let department = office.and_then(|office| office.department.clone());
    view! {
        <p>{words.t("sites_step_nowhere")}</p>
        <dl class="terms">
            <div><dt>{words.t("sites_step_office")}</dt><dd>{name}</dd></div>
            <div><dt>{words.t("sites_step_at")}</dt><dd>{words.pick(&step.at)}</dd></div>
            {department.map(|department| view! { <ContactRows department /> })}
        </dl>
    }
    .into_any()
}

/// A form that opens the request form at one of several codes, with everything filled in.
fn buttons(
    words: Words,
    item: &'static ServiceItem,
    codes: &[LandCode],
    values: &Answers,
    question: &OutlineQuestion,
) -> AnyView {
    let listed = question.parcels.iter().flatten();
    let listed: Vec<&SearchHit> = listed.collect();
    let each = codes.iter().map(|code| {
        let location = listed.iter().find(|hit| hit.code == code.parcel());
        let location = location.and_then(|hit| hit.location.clone());
        view! {
            <li>
                <button class="button" formaction=urls::new_request(code, &item.id)>
                    {words.t("sites_step_at_code")} " " <CodeLine code=*code />
                </button>
                {location.map(|text| view! { " " <small class="beneath">{as_named(words, text)}</small> })}
            </li>
        }
    });
    let each: Vec<_> = each.collect();
    let first = codes.first().map(|code| urls::new_request(code, &item.id));
    let title = words.fill("sites_step_go", &[("service", &words.pick(&item.title))]);
    view! {
        <p>{title}<br /><span class="quiet">{department_words(words, &item.department)}</span></p>
        <form method="post" action=first>
            <input type="hidden" name="item" value=item.id.clone() />
            <input type="hidden" name="carried" value="yes" />
            {hidden(values)}
            <ul class="onward">{each}</ul>
        </form>
        <p class="quiet">{words.t("sites_step_filled")}</p>
    }
    .into_any()
}

/// Which parcel the step is about: by its code, or by those that a list may name there.
fn which(words: Words, question: &OutlineQuestion) -> AnyView {
    let none = matches!(&question.parcels, Some(parcels) if parcels.is_empty());
    let texts = ("step-code", "sites_step_code", "sites_step_code_hint");
    let code = question.step_code.as_ref();
    let field = parcel_field(words, texts, code, not_a_code(words, code));
    let of = question.typed.chosen.clone();
    view! {
        <form class="form" method="post" action=format!("{}#steps-title", urls::OUTLINE) enctype="multipart/form-data">
            <input type="hidden" name=urls::USE value=of />
            <input type="hidden" name=urls::POINTS value=question.points.clone() />
            {super::kept_answers(&question.typed)}
            {field}
            <p>
                <button class="button">{words.t("sites_step_code_button")}</button> " "
                <button class="button" name=urls::LIST_PARCELS value="yes">{words.t("sites_step_list")}</button>
            </p>
            {none.then(|| view! { <p>{words.t("sites_step_none_listed")}</p> })}
        </form>
    }
    .into_any()
}
