//! What a use table says of a site, in FEEL. A site may lie in several zones, and it may not be certain which of
//! them decides: the table speaks only if it says the same of each that may.

use std::collections::BTreeMap;

use super::feel::{list, number};
use crate::suitability::{
    model::{RuleSet, Table, Take, Use, Zones},
    table::Entry,
    tree::Subject,
};

/// The entry: `zone` is the input that says the zone, `own` what the office says where the table is silent.
pub(super) fn entry(set: &RuleSet, table: &Table, zone: &str, own: &str) -> String {
    let rule = match &table.zone {
        Subject::Overlap { layer, .. } => {
            set.layers.get(layer).and_then(|layer| layer.zones.as_ref())
        }
        _ => None,
    };
    // One list of what each zone says that decides for certain, and one of each that may decide as well.
    let decide = match rule {
        Some(rule) => deciding(rule, zone),
        None => format!("certain: {zone}, perhaps: [], none: false"),
    };
    let strictest = "if list contains(of_certain, \"prohibited\") then \"prohibited\" \
                     else if list contains(of_certain, \"silent\") then \"silent\" \
                     else if list contains(of_certain, \"conditional\") then \"conditional\" else \"permitted\"";
    // What a further zone says changes nothing: it is no stricter, and the table is not silent of it. Where one is
    // silent already, only a prohibition would be heard.
    let changes = "(if said = \"prohibited\" then false else if more = \"prohibited\" then true \
                   else if said = \"silent\" then false else if more = \"silent\" then true \
                   else said = \"permitted\" and more = \"conditional\")";
    let largest = matches!(rule, Some(Zones { take: Take::Largest, .. }));
    let agreed = if largest {
        // One of them decides, whichever it is: all must say the same.
        "count(distinct values(of_perhaps)) = 1".to_owned()
    } else {
        format!("not(some more in of_perhaps satisfies {changes})")
    };
    let said = if largest { "of_perhaps[1]" } else { strictest };
    format!(
        "if {zone} = null then null else {{\
         row: {}, \
         says: function(where) if list contains(row.prohibited, where) then \"prohibited\" \
         else if list contains(row.conditional, where) then \"conditional\" \
         else if list contains(row.permitted, where) then \"permitted\" else \"silent\", \
         {decide}, \
         of_certain: for one in certain return says(one), \
         of_perhaps: for one in perhaps return says(one), \
         said: if none then null else {said}, \
         agreed: if none then false else {agreed}, \
         result: if not(agreed) then null else if said = \"silent\" then {own} else said}}.result",
        row(set, table),
    )
}

/// The zones of each entry in the row of the use; uses whose rows are alike stand together.
fn row(set: &RuleSet, table: &Table) -> String {
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for of in &set.uses {
        rows.entry(zones_of(table, of)).or_default().push(of.id.clone());
    }
    let each = rows
        .iter()
        .map(|(zones, uses)| format!("if list contains({}, use) then {zones} else ", list(uses)));
    let none = "{permitted: [], conditional: [], prohibited: []}";
    format!("({}{none})", each.collect::<String>())
}

fn zones_of(table: &Table, of: &Use) -> String {
    let row = if table.entries.uses().any(|one| one == of.id) { &of.id } else { &of.code.code };
    let says = |entry: Entry| {
        let zones = table.entries.zones();
        let zones = zones.filter(|zone| table.entries.entry(row, zone) == Some(entry));
        let zones: Vec<String> = zones.map(str::to_owned).collect();
        format!("{}: {}", entry.name(), list(&zones))
    };
    format!("{{{}}}", Entry::ALL.map(says).join(", "))
}

/// Which zones decide for certain, and which may: by the share of the site, or of themselves, that lies in
/// both. Ground that is in no zone is a zone of no name, which no table has: as much as features leave together where
/// they lie apart, else up to what the largest of them leaves. `none` where no zone may be one that
/// decides.
fn deciding(rule: &Zones, zone: &str) -> String {
    let of_site = number(rule.of_site.amount);
    let (by_zone, may_by_zone) = match &rule.of_zone {
        None => ("false".to_owned(), "false".to_owned()),
        Some(limit) => {
            let limit = number(limit.amount);
            (
                format!("some one in them satisfies (one.of_lo != null and one.of_lo >= {limit})"),
                format!("some one in them satisfies (one.of_hi = null or one.of_hi >= {limit})"),
            )
        }
    };
    let shares = format!(
        "kinds: distinct values(for one in {zone}.features return one.kind), \
         many: count({zone}.features) > 0, \
         most: if many then sum({zone}.features.share_hi) else 0, \
         one_lo: if not(many) then 0 else if {zone}.apart then sum({zone}.features.share_lo) else max({zone}.features.share_lo), \
         bare: if many and most < 1 then 1 - most else 0, \
         bare_hi: if many and one_lo < 1 then 1 - one_lo else 0, \
         each: if bare_hi > 0 and not(list contains(kinds, \"\")) then append(kinds, \"\") else kinds, \
         shares: for name in each return {{k: name, them: {zone}.features[kind = name], \
         extra: if name = \"\" then bare else 0, \
         extra_hi: if name = \"\" then bare_hi else 0, \
         lo: extra + (if count(them) = 0 then 0 else if {zone}.apart then sum(them.share_lo) else max(them.share_lo)), \
         hi: extra_hi + (if count(them) = 0 then 0 else sum(them.share_hi)), \
         sure: lo >= {of_site} or ({by_zone}), may: hi >= {of_site} or ({may_by_zone})}}"
    );
    match rule.take {
        // Of more than six that may count or not, no table is asked.
        Take::Every => format!(
            "{shares}, certain: for one in shares[sure = true] return one.k, \
             perhaps: for one in shares[may = true and sure = false] return one.k, \
             none: count(certain) = 0 or count(perhaps) > 6"
        ),
        Take::Largest => format!(
            "{shares}, certain: for one in shares[sure = true] return one.k, \
             least: if count(certain) = 0 then 0 else max(for one in shares[sure = true] return one.lo), \
             perhaps: for one in shares[may = true and hi >= least] return one.k, \
             none: count(certain) = 0"
        ),
    }
}
