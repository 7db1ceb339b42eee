//! The materials of a service in a visit (desk D11): one form with a field for each, another to add copies, and the
//! list of what is missing, which prints by itself (一次性告知).

use domain::{
    attachment::{Attached, FIELD, FILES},
    case::FilingMaterial,
    request::MaterialBy,
    service::Material,
};
use leptos::prelude::*;

use super::notice;
use crate::{
    components::{
        Banner, CodeLine, ErrorSummary, MATERIALS_FORM, PageTitle, Tone, accepted, file_faults,
        files_told, removable_files, service_title,
    },
    current, format,
    staff::{
        Say,
        materials::{MaterialLine, MaterialsPage, way_key},
    },
    urls,
    words::Words,
};

pub(super) fn materials(words: Words, page: MaterialsPage) -> AnyView {
    let title = words.t("materials_title");
    let service = service_title(words, &page.item.id);
    let faults = file_faults(words, &page.files);
    let faults = (!faults.is_empty()).then(|| view! { <ErrorSummary faults /> });
    let failed = page.not_done.map(|say| notice(words, Tone::Caution, "case_not_done", say.key()));
    let held = page.holder.as_ref().map(|who| {
        let text = words.fill("case_held_by", &[("who", who)]);
        view! { <Banner tone=Tone::Note title=words.t("case_held_title")>{text}</Banner> }
    });
    let back = urls::staff_case(&page.case);
    let visit = words.fill("case_title", &[("number", page.case.as_str())]);
    let form = form(words, &page);
    view! {
        <PageTitle text=format!("{title} · {service}") />
        <div class="measure no-print">
            <p class="kicker"><a href=back>{visit}</a></p>
            <h1>{title}</h1>
            <p class="lead">{service} " " <CodeLine code=page.code /></p>
            {faults}
            {failed}
            {held}
            <p>{words.t("materials_lead")}</p>
            {form}
        </div>
        {told_at_once(words, &page)}
    }
    .into_any()
}

/// The form: what was said of each, and a field for further copies.
fn form(words: Words, page: &MaterialsPage) -> AnyView {
    let address = urls::staff_materials(&page.case, &page.code, &page.item.id);
    // In parts only where files can come: of a service that takes none the portal reads plain forms.
    let enctype = page.item.attachments.is_some().then_some("multipart/form-data");
    let each = page.lines.iter().enumerate().map(|(at, line)| material(words, at, line));
    let others = page.others.iter().map(|other| unlisted(words, other));
    let carried = (!page.files.carried.is_empty()).then(|| {
        let names: Vec<&str> = page.files.kept.iter().map(|file| file.name.as_str()).collect();
        let names = names.join(words.t("list_comma"));
        view! {
            <input type="hidden" name=FIELD value=page.files.carried.clone() />
            <p>{words.fill("materials_pending", &[("names", &names)])}</p>
        }
    });
    view! {
        <form class="form" id=MATERIALS_FORM method="post" enctype=enctype action=address>
            <input type="hidden" name="was" value=page.was.clone() />
            {each.collect_view()}
            {others.collect_view()}
            {carried}
            {copies(words, page)}
            <button class="button button-primary">{words.t("materials_save")}</button>
            <p class="hint">{words.t("materials_signed")}</p>
        </form>
    }
    .into_any()
}

/// One material: how it was seen, by whom, and its copies.
fn material(words: Words, at: usize, line: &MaterialLine) -> AnyView {
    let MaterialLine { material, files, seen, chosen } = line;
    let (name, hint) = (format!("how.{at}"), format!("how.{at}-hint"));
    let offered =
        MaterialBy::ALL.into_iter().filter(|way| *way != MaterialBy::SharedData || material.shared);
    let options = offered.map(|way| {
        let selected = way.name() == chosen;
        view! { <option value=way.name() selected=selected>{words.t(way_key(way))}</option> }
    });
    let said = seen.as_ref().map(|seen| {
        let at = format::moment(words.0, seen.at);
        let how = words.t(way_key(seen.how));
        words.fill("materials_seen", &[("how", how), ("who", &*seen.staff), ("at", &at)])
    });
    let none = if material.shared { "materials_by_sharing" } else { "materials_none" };
    let said = said.unwrap_or_else(|| words.t(none).to_owned());
    view! {
        <div class="field">
            <label class="label" for=name.clone()>{what(words, material)}</label>
            <p class="hint" id=hint.clone()>{said}</p>
            <select class="input" id=name.clone() name=name aria-describedby=hint>
                <option value="">{words.t("materials_not_seen")}</option>
                {options.collect_view()}
            </select>
            {removable(words, files)}
        </div>
    }
    .into_any()
}

/// Copies, each with a button that takes it away again.
fn removable(words: Words, files: &[Attached]) -> Option<AnyView> {
    (!files.is_empty()).then(|| removable_files(words, files, "remove"))
}

/// What was brought of a material that the catalogue lists no more: it goes along unless it is taken away.
fn unlisted(words: Words, other: &FilingMaterial) -> AnyView {
    view! {
        <div class="field">
            <p class="label">{other.material.clone()}</p>
            <p class="hint">{words.t("materials_unlisted")}</p>
            {removable(words, &other.files)}
        </div>
    }
    .into_any()
}

/// What a material is, and that it may follow.
fn what(words: Words, material: &Material) -> String {
    let text = words.pick(&material.text());
    if material.later { format!("{text} {}", words.t("materials_later")) } else { text }
}

/// The field that adds copies to one of them, where the service takes files.
fn copies(words: Words, page: &MaterialsPage) -> Option<AnyView> {
    let takes = page.item.attachments.as_ref()?;
    let wrong = !page.files.refused.is_empty() || page.not_done == Some(Say::NoMaterial);
    let class = if wrong { "field field-wrong" } else { "field" };
    let options = page.lines.iter().enumerate().map(|(at, line)| {
        let selected = page.chosen == Some(at);
        view! {
            <option value=at.to_string() selected=selected>{words.pick(&line.material.text())}</option>
        }
    });
    Some(
        view! {
            <fieldset class=class>
                <legend class="label">{words.t("materials_copies")}</legend>
                <p class="hint" id="files-hint">{files_told(words, takes)} " " {words.t("materials_copies_hint")}</p>
                <label class="label" for="material">{words.t("materials_which")}</label>
                <select class="input" id="material" name="material">
                    <option value="">{words.t("materials_choose")}</option>
                    {options.collect_view()}
                </select>
                <label class="label" for=FILES>{words.t("files_label")}</label>
                <input
                    class="input"
                    type="file"
                    multiple
                    id=FILES
                    name=FILES
                    accept=accepted()
                    aria-describedby="files-hint"
                    aria-invalid=wrong.then_some("true")
                />
            </fieldset>
        }
        .into_any(),
    )
}

/// The complete list of what is missing, as it is printed: nothing of the applicant stands on it.
fn told_at_once(words: Words, page: &MaterialsPage) -> AnyView {
    let missing: Vec<&Material> =
        page.lines.iter().filter(|line| line.is_missing()).map(|line| line.material).collect();
    let there = page.lines.iter().filter_map(|line| {
        let seen = line.seen.as_ref()?;
        let text = words.pick(&line.material.text());
        Some(view! { <li>{text} " · " {words.t(way_key(seen.how))}</li> })
    });
    let there: Vec<_> = there.collect();
    let office =
        current::portal().and_then(|portal| portal.office(&page.office).map(|it| words.pick(it)));
    let office = office.unwrap_or_else(|| page.office.clone());
    let at = format::moment(words.0, page.at);
    let told = [("office", &*office), ("at", &*at), ("number", page.case.as_str())];
    let now = missing.iter().filter(|one| !one.later).count();
    let lead = match (missing.is_empty(), now) {
        (true, _) => words.t("materials_complete").to_owned(),
        (false, 0) => words.t("materials_only_later").to_owned(),
        (false, n) => words.fill("materials_missing", &[("n", &n.to_string())]),
    };
    let listed = missing.iter().map(|one| view! { <li>{what(words, one)}</li> }).collect_view();
    view! {
        <section class="measure" aria-labelledby="missing-title">
            <h2 id="missing-title">{words.t("materials_told")}</h2>
            <p class="print-only">{service_title(words, &page.item.id)} " " {page.code.to_string()}</p>
            <p>{lead}</p>
            {(!missing.is_empty()).then(|| view! { <ol>{listed}</ol> })}
            {(!there.is_empty()).then(|| view! {
                <h3>{words.t("materials_there")}</h3>
                <ul>{there}</ul>
            })}
            <p class="print-only">{words.fill("materials_print_mark", &told)}</p>
            <p class="no-print hint">{words.t("materials_print")}</p>
        </section>
    }
    .into_any()
}
