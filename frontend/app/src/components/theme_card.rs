//! A theme that concerns the place: what it means, how much it touches, who says so and on what
//! ground.

use std::sync::Arc;

use domain::{
    Localized,
    restriction::{
        Figures, Finding, GradedFinding, LawStatus, LayerFindings, LayerInfo, ThemeAnswer,
        Tolerance,
    },
    severity::Severity,
};
use leptos::prelude::*;

use super::{
    drawn_once::{Part, Source, drawn_once},
    legal_document,
    mark::{Mark, MarkKind, severity_class, severity_key},
    verdict::theme_anchor,
};
use crate::{format, words::Words};

/// A theme of the first list.
pub fn theme_card(words: Words, answer: &ThemeAnswer) -> AnyView {
    let severity = answer.severity.unwrap_or_default();
    let title = words.pick(&answer.theme.title);
    let layers: Vec<_> =
        answer.layers.iter().map(|found| layer(words, &title, severity, found)).collect();
    view! {
        <li class=format!("theme theme-card {}", severity_class(severity)) id=theme_anchor(answer)>
            <h4>
                <Mark kind=MarkKind::Asks(severity) />
                <span>{title}</span>
            </h4>
            <p class="severity">{words.t(severity_key(severity))}</p>
            <p>{words.pick(&answer.theme.meaning)}</p>
            {layers}
        </li>
    }
    .into_any()
}

fn layer(words: Words, theme: &str, worst: Severity, found: &LayerFindings) -> AnyView {
    let info = &found.layer;
    let status = words.t(match info.status {
        LawStatus::InForce => "law_in_force",
        LawStatus::ChangeWithPreEffect => "law_change_with_effect",
        LawStatus::ChangeWithoutPreEffect => "law_change_without_effect",
    });
    let together = found.slivers_together();
    let touched: Vec<_> = found.counted().collect();
    view! {
        <div class="layer">
            <p class="layer-title">{words.pick(&info.title)} " " <span class="tag">{status}</span></p>
            {together.map(|(area_m2, share)| {
                let size = size(words, found.figures, area_m2, share);
                view! { <p>{words.fill("slivers_together", &[("size", &size)])}</p> }
            })}
            {if touched.is_empty() {
                view! { <p class="quiet">{words.t("layer_untouched")}</p> }.into_any()
            } else {
                view! { <ul class="findings">{touched.into_iter().map(|one| finding(words, found.figures, worst, one)).collect_view()}</ul> }
                    .into_any()
            }}
            {slivers(words, found)}
            {drawn_once(words, Part::Basis, [Arc::clone(info) as Source], || basis(words, theme, info))}
        </div>
    }
    .into_any()
}

/// A finding; what it asks is said where that is less than the whole theme does.
fn finding(words: Words, figures: Figures, worst: Severity, graded: &GradedFinding) -> AnyView {
    let GradedFinding { finding, severity } = graded;
    let milder = (*severity != worst).then(|| {
        let class = format!("tag {}", severity_class(*severity));
        view! { " " <span class=class>{words.t(severity_key(*severity))}</span> }
    });
    let label = view! { <span class="finding-label">{words.pick(&finding.label)} {milder}</span> };
    if finding.touches() {
        let touches = words.t("finding_touches");
        return view! { <li class="finding">{label} " " <span class="finding-area">{touches}</span></li> }
            .into_any();
    }
    let area = size(words, figures, finding.area_m2, finding.share);
    view! {
        <li class="finding">
            {label}
            " "
            <span class="finding-area">{area}</span>
            {share_bar(finding)}
        </li>
    }
    .into_any()
}

fn share_bar(finding: &Finding) -> AnyView {
    let width = format!("{:.1}", (finding.share * 100.0).clamp(0.5, 100.0));
    view! {
        <svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="share-whole" x="0" y="0" width="100" height="6" />
            <rect class="share-part" x="0" y="0" width=width height="6" />
        </svg>
    }
    .into_any()
}

/// How large an overlap is, as exactly as it may be told.
pub fn size(words: Words, figures: Figures, area_m2: f64, share: f64) -> String {
    let (key, share) = match figures {
        Figures::Exact => ("finding_area", format::share(share)),
        Figures::WholePercent if area_m2 > 0.0 => {
            ("finding_about", format::whole_percent(words.0, share))
        }
        Figures::WholePercent => ("finding_share", format::whole_percent(words.0, share)),
    };
    let area = format::square_metres(words.0, area_m2);
    words.fill(key, &[("area", &area), ("share", &share)])
}

/// Overlaps too small to count, named as such.
pub fn slivers(words: Words, found: &LayerFindings) -> AnyView {
    let tolerance = &found.layer.tolerance;
    found
        .findings
        .iter()
        .filter(|graded| !found.counts(graded))
        .map(|graded| &graded.finding)
        .map(|finding| {
            let sliver = (&finding.label, finding.area_m2);
            let text = sliver_text(words, found.figures, sliver, tolerance);
            view! { <p class="sliver">{text}</p> }
        })
        .collect_view()
        .into_any()
}

/// What is said of an overlap too small to count: its label and m².
pub fn sliver_text(
    words: Words,
    figures: Figures,
    (label, area_m2): (&Localized, f64),
    tolerance: &Tolerance,
) -> String {
    let key = match figures {
        Figures::Exact => "sliver",
        Figures::WholePercent => "sliver_about",
    };
    words.fill(
        key,
        &[
            ("label", &words.pick(label)),
            ("area", &small_area(words, area_m2)),
            ("tolerance", &format::square_metres(words.0, tolerance.min_area_m2)),
        ],
    )
}

/// An edge of 0.001 m² is not "0".
fn small_area(words: Words, area_m2: f64) -> String {
    if area_m2 < 0.01 {
        words.t("below_hundredth").to_owned()
    } else {
        format::square_metres(words.0, area_m2)
    }
}

/// By what law and plan it is so, who says so, and since when; folded.
fn basis(words: Words, theme: &str, info: &LayerInfo) -> AnyView {
    let documents = info.documents.iter().map(|one| legal_document(words, one)).collect_view();
    view! {
        <details class="basis">
            <summary>
                {words.t("basis_title")}
                <span class="visually-hidden">{words.fill("basis_of", &[("theme", theme)])}</span>
            </summary>
            <div class="basis-text">
                {(!info.documents.is_empty()).then(|| view! { <ul>{documents}</ul> })}
                <dl class="terms">
                    <div><dt>{words.t("office")}</dt><dd>{words.pick(&info.office)}</dd></div>
                    <div><dt>{words.t("data_date")}</dt><dd>{format::date(words.0, info.source_date)}</dd></div>
                </dl>
            </div>
        </details>
    }
    .into_any()
}
