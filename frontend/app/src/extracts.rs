//! The extract of a place: what its page tells everybody, as an object to sign.

use domain::{
    LandCode, Locale, Localized,
    law::LegalDocument,
    restriction::{LayerFindings, ThemeAnswer},
    signed_extract::{
        BasisTold, DataTold, Extract, FindingTold, LayerTold, PlaceTold, Term, ThemeTold,
        ThreeLists,
    },
    signed_verdict::Issuer,
};
use jiff::civil::Date;
use service_api::Place;

use crate::{
    components::{legal_text, picture},
    urls,
    words::Words,
};

/// The extract of a place by what is told of it to everybody; `None` of a code that has ended, of which no
/// restrictions are told, and of the data of another day.
#[must_use]
pub fn extract(place: &Place, code: &LandCode, issuer: &Issuer, today: Date) -> Option<Extract> {
    let Place { profile, map, lineage, only_history, as_of, .. } = place;
    if lineage.ended || *only_history || as_of.is_some() {
        return None;
    }
    let unit = profile.unit.as_ref().filter(|unit| unit.known);
    let lists = &profile.restrictions;
    let all = |answers: &[ThemeAnswer], asks: bool| {
        answers.iter().map(|answer| theme(answer, asks, today)).collect()
    };
    let dataset = &profile.version.dataset;
    let drawn = (profile.outline.as_ref(), profile.centroid);
    Some(Extract {
        issuer: issuer.clone(),
        // Of a unit that is not told of, the parcel: alike for every number (rule P5).
        code: unit.map_or(LandCode::Parcel(profile.code), |_| *code),
        place: PlaceTold {
            parcel: profile.code,
            local_id: profile.local_id.clone(),
            facts: profile.facts.clone(),
            unit_facts: unit.map(|unit| unit.facts.clone()).unwrap_or_default(),
            point: profile.centroid,
        },
        restrictions: ThreeLists {
            figures: lists.figures,
            concerned: all(&lists.concerned, true),
            not_concerned: all(&lists.not_concerned, false),
            unknown: all(&lists.no_data, false),
        },
        events: profile.events.clone(),
        lineage: lineage.clone(),
        map: map.as_ref().and_then(|map| picture(map, drawn, &profile.version)),
        data: DataTold {
            version: profile.version.label(),
            title: dataset.title.clone(),
            source: dataset.source.clone(),
            source_date: dataset.source_date,
            published_at: profile.version.imported_at,
            demonstration: dataset.demonstration,
        },
        policy: profile.policy.clone(),
        glossary: GLOSSARY.map(term).to_vec(),
        disclaimer: DISCLAIMER.map(both).to_vec(),
    })
}

/// Words that a reader may not know, by the end of their keys.
const GLOSSARY: [&str; 8] = [
    "concerned",
    "not_concerned",
    "unknown",
    "in_force",
    "with_effect",
    "without_effect",
    "share",
    "sliver",
];

const DISCLAIMER: [&str; 3] =
    ["register_prevails", "extract_disclaimer_map", "extract_disclaimer_unknown"];

fn both(key: &str) -> Localized {
    Localized::new(Words(Locale::Zh).t(key), Words(Locale::En).t(key))
}

fn term(key: &str) -> Term {
    Term {
        term: both(&format!("extract_term_{key}")),
        meaning: both(&format!("extract_meaning_{key}")),
    }
}

fn theme(answer: &ThemeAnswer, asks: bool, today: Date) -> ThemeTold {
    let outside = answer.theme.grading.outside.as_ref().filter(|_| answer.severity.is_some());
    let meaning = match asks {
        true => Some(answer.theme.meaning.clone()),
        false => outside.map(|outside| outside.meaning.clone()),
    };
    ThemeTold {
        id: answer.theme.id.clone(),
        title: answer.theme.title.clone(),
        meaning,
        severity: answer.severity,
        office: answer.theme.office.clone(),
        layers: answer.layers.iter().map(|found| layer(found, today)).collect(),
        missing: answer.missing.iter().map(|layer| layer.title.clone()).collect(),
    }
}

fn layer(found: &LayerFindings, today: Date) -> LayerTold {
    let info = &found.layer;
    LayerTold {
        id: info.id.clone(),
        title: info.title.clone(),
        status: info.status,
        office: info.office.clone(),
        source_date: info.source_date,
        published_from: info.published_from,
        published_until: info.published_until,
        basis: info.documents.iter().map(|document| basis(document, today)).collect(),
        tolerance: info.tolerance,
        slivers_together: found.slivers_together(),
        findings: found
            .findings
            .iter()
            .map(|graded| FindingTold {
                label: graded.finding.label.clone(),
                severity: graded.severity,
                area_m2: graded.finding.area_m2,
                share: graded.finding.share,
                sliver: graded.finding.sliver,
                counts: found.counts(graded),
            })
            .collect(),
    }
}

fn basis(document: &LegalDocument, today: Date) -> BasisTold {
    let text = |locale| legal_text(Words(locale), document, today);
    BasisTold {
        text: Localized::new(text(Locale::Zh), text(Locale::En)),
        number: document.number.clone(),
        articles: document.articles.clone(),
        link: document.citation().map(|citation| urls::law(&citation.law.id)),
    }
}
