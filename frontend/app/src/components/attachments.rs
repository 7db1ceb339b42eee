//! The files of a request: chosen in its form, listed on its page.

use domain::{
    attachment::{
        ATTACH, Attached, Budget, DETACH, FIELD, FILES, FileFault, MediaType, RefusedFile,
    },
    service::Attachments,
};
use leptos::prelude::*;

use super::error_summary::Fault;
use crate::{
    context::FilesBack,
    current, format,
    steps::{CHANGE, STEP},
    words::Words,
};

/// Why files of a form were not taken, for the summary.
pub fn file_faults(words: Words, files: &FilesBack) -> Vec<Fault> {
    let texts = files.refused.iter().map(|refused| refused_words(words, refused));
    texts.map(|text| Fault::new(Some(format!("#{FILES}")), text)).collect()
}

/// Why a file was not taken, and what to do.
fn refused_words(words: Words, RefusedFile { name, fault }: &RefusedFile) -> String {
    let size = |bytes: &u64| format::bytes(*bytes);
    let (key, most) = match fault {
        FileFault::Empty => ("file_fault_empty", String::new()),
        FileFault::TooLarge { most } => ("file_fault_large", size(most)),
        FileFault::TooMuch { most } => ("file_fault_much", size(most)),
        FileFault::TooOften { seconds } => {
            ("file_fault_often", seconds.div_ceil(60).max(1).to_string())
        }
        FileFault::TooMany { most } => ("file_fault_many", most.to_string()),
        FileFault::NotTaken => ("file_fault_kind", kinds(words)),
        FileFault::NotItsName { is } => ("file_fault_name", is.shown().to_owned()),
        FileFault::Broken => ("file_fault_broken", String::new()),
        FileFault::TooManyPixels { most } => ("file_fault_pixels", (most / 1_000_000).to_string()),
        FileFault::TooManyPages { most } => ("file_fault_pages", most.to_string()),
        FileFault::Encrypted => ("file_fault_locked", String::new()),
        FileFault::Active => ("file_fault_active", String::new()),
        FileFault::Hidden => ("file_fault_hidden", String::new()),
        FileFault::Infected => ("file_fault_infected", String::new()),
        FileFault::Gone => ("file_fault_gone", String::new()),
        FileFault::Unavailable => ("file_fault_unavailable", String::new()),
    };
    let name = if name.is_empty() { words.t("file_unnamed") } else { name };
    words.fill(key, &[("most", &most), ("name", name)])
}

/// The kinds that are taken, as people call them.
fn kinds(words: Words) -> String {
    let names: Vec<&str> = MediaType::ALL.into_iter().map(MediaType::shown).collect();
    names.join(words.t("list_comma"))
}

/// What a browser is told of the files that are taken.
pub fn accepted() -> String {
    let kinds = MediaType::ALL.iter();
    let endings = kinds.clone().flat_map(|kind| kind.extensions()).map(|end| format!(".{end}"));
    let all: Vec<String> = kinds.map(|kind| kind.name().to_owned()).chain(endings).collect();
    all.join(",")
}

/// How many files are taken, how large, and of which kinds.
pub fn files_told(words: Words, takes: &Attachments) -> String {
    let budget = use_context::<Budget>().unwrap_or_default();
    words.fill(
        "files_hint",
        &[
            ("what", &words.pick(&takes.what)),
            ("n", &takes.most.to_string()),
            ("each", &format::bytes(budget.file_bytes)),
            ("all", &format::bytes(budget.request_bytes)),
            ("kinds", &kinds(words)),
        ],
    )
}

/// The field of a form that takes files, with those that are kept already.
#[component]
pub fn FilesField(
    /// What the service takes.
    takes: &'static Attachments,
    /// What came back.
    files: FilesBack,
) -> AnyView {
    let words = current::words();
    let wrong = !files.refused.is_empty();
    let class = if wrong { "field field-wrong" } else { "field" };
    let described_by = if wrong { "files-hint files-error" } else { "files-hint" };
    let told = files_told(words, takes);
    let errors = wrong.then(|| {
        let texts = files.refused.iter().map(|refused| refused_words(words, refused));
        let lines = texts.map(|text| view! { <span class="files-fault">{text}</span> });
        view! {
            <p class="field-error" id="files-error">
                <span class="visually-hidden">{words.t("error_prefix")}</span>
                {lines.collect_view()}
            </p>
        }
    });
    let room = files.kept.len() < takes.most;
    view! {
        <div class=class>
            <label class="label" for=FILES>{words.t("files_label")}</label>
            <p class="hint" id="files-hint">{told}</p>
            {errors}
            {kept(words, &files)}
            // The summary leads here also where there is no room for more.
            <input
                class="input"
                type="file"
                multiple
                id=FILES
                name=FILES
                accept=accepted()
                disabled=!room && !wrong
                aria-describedby=described_by
                aria-invalid=wrong.then_some("true")
            />
            <button class="button" name=ATTACH value="yes">{words.t("files_attach")}</button>
            <p class="hint">{words.t("files_attach_hint")}</p>
        </div>
    }
    .into_any()
}

/// The files that are kept already, each with a button that takes it away.
fn kept(words: Words, files: &FilesBack) -> Option<AnyView> {
    (!files.kept.is_empty()).then(|| {
        view! {
            {carried_files(files)}
            <p>{words.t("files_kept")}</p>
            {removable_files(words, &files.kept, DETACH)}
        }
        .into_any()
    })
}

/// Files that are kept, each with a button of that name that takes it away.
pub fn removable_files(words: Words, files: &[Attached], button: &'static str) -> AnyView {
    let one = |file: &Attached| {
        let remove = words.fill("files_remove", &[("name", &file.name)]);
        view! {
            <li>
                <span class="files-name" translate="no">{file.name.clone()}</span>
                " "
                <span class="quiet">{format::bytes(file.size)}</span>
                " "
                <button class="button" name=button value=file.id.clone() aria-label=remove>
                    {words.t("files_remove_short")}
                </button>
            </li>
        }
    };
    view! { <ul class="files">{files.iter().map(one).collect_view()}</ul> }.into_any()
}

/// What goes along unseen of the files that are kept.
pub fn carried_files(files: &FilesBack) -> Option<AnyView> {
    (!files.kept.is_empty()).then(|| {
        view! { <input type="hidden" name=FIELD value=files.carried.clone() /> }.into_any()
    })
}

/// The files that are about to be handed in, with the way back to where they are chosen.
pub fn listed_files(words: Words, address: &str, files: &FilesBack) -> Option<AnyView> {
    (!files.kept.is_empty()).then(|| {
        view! {
            <section aria-labelledby="review-files">
                <h2 id="review-files">{words.t("files_kept")}</h2>
                {removable_files(words, &files.kept, DETACH)}
                <button
                    class="link-button review-change"
                    name=STEP
                    value=CHANGE
                    formaction=format!("{address}#{FILES}")
                >
                    {words.t("review_change")}
                    <span class="visually-hidden">
                        {words.fill("review_change_what", &[("label", words.t("files_label"))])}
                    </span>
                </button>
            </section>
        }
        .into_any()
    })
}

/// Files by their names alone: nobody fetches them yet.
pub fn named_files(words: Words, files: &[Attached]) -> Option<AnyView> {
    let one = |file: &Attached| {
        let size = format!("{} · {}", file.media_type.shown(), format::bytes(file.size));
        view! {
            <li>
                <span class="files-name" translate="no">{file.name.clone()}</span>
                " "
                <span class="quiet">{size}</span>
            </li>
        }
    };
    (!files.is_empty()).then(|| {
        view! {
            <h3>{words.t("files_kept")}</h3>
            <ul class="files">{files.iter().map(one).collect_view()}</ul>
        }
        .into_any()
    })
}

/// The files that went with a request, with what proves them.
pub fn sent_files(words: Words, files: &[Attached]) -> Option<AnyView> {
    let one = |file: &Attached| {
        let size = format!("{} · {}", file.media_type.shown(), format::bytes(file.size));
        view! {
            <li>
                <a href=file.address.clone() translate="no">{file.name.clone()}</a>
                " "
                <span class="quiet">{size}</span>
                <br />
                <span class="quiet">"SHA-256 " <code class="files-digest" translate="no">{file.sha256.clone()}</code></span>
            </li>
        }
    };
    (!files.is_empty()).then(|| {
        view! {
            <h3>{words.t("files_sent")}</h3>
            <ul class="files">{files.iter().map(one).collect_view()}</ul>
        }
        .into_any()
    })
}
