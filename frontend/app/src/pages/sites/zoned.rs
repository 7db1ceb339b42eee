//! What a zone that refuses a use would allow (sites S7): another use of its kind, or a part of the site.

use domain::{
    Localized,
    suitability::{Changes, OtherUses, ZoneRefusal},
};
use leptos::prelude::*;

use crate::{format, words::Words};

/// What is said of each rule that refuses because of a zone; `ways` leads to the same question about another use.
pub(super) fn section(
    words: Words,
    changes: &Changes,
    ways: &dyn Fn(&OtherUses) -> Option<AnyView>,
) -> Option<AnyView> {
    let each: Vec<AnyView> = changes.zones.iter().map(|one| refusal(words, one, ways)).collect();
    (!each.is_empty()).then(|| {
        view! {
            <section aria-labelledby="zones-title">
                <h2 id="zones-title">{words.t("sites_zones_title")}</h2>
                {each}
            </section>
        }
        .into_any()
    })
}

fn refusal(
    words: Words,
    refusal: &ZoneRefusal,
    ways: &dyn Fn(&OtherUses) -> Option<AnyView>,
) -> AnyView {
    let listed = |zones: &std::collections::BTreeSet<Localized>| {
        let names: Vec<String> = zones.iter().map(|zone| words.pick(zone)).collect();
        names.join(words.t("list_comma"))
    };
    let refused = words.fill("sites_zones_refused", &[("zones", &listed(&refusal.refused_in))]);
    let part = refusal.part.map(|part| {
        let (key, share) = match (part.lo == part.hi, part.hi.figure()) {
            (true, share) => ("sites_zones_part", share),
            (false, most) => ("sites_zones_part_at_most", most),
        };
        let (zones, share) = (listed(&refusal.allowed_in), format::share(share));
        words.fill(key, &[("zones", &zones), ("share", &share)])
    });
    let uses = ways(&OtherUses { uses: refusal.uses.clone(), whole: true });
    let nothing = part.is_none() && uses.is_none();
    view! {
        <p>{refused}</p>
        {part.map(|text| view! { <p>{text}</p> })}
        {uses}
        {nothing.then(|| view! { <p>{words.t("sites_zones_none")}</p> })}
    }
    .into_any()
}
