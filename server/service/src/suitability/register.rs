//! What the register of a parcel says, as everybody or a visitor is shown it.

use std::collections::BTreeSet;

use domain::{
    policy::Field,
    profile::{Fact, PublicProfile},
    record::Value,
    suitability::{Cause, Domain, Reading, RuleSet, Seen},
};

use super::source::Told;

/// A register as what something was read from.
pub(super) fn seen(profile: &PublicProfile) -> Seen {
    let dataset = &profile.version.dataset;
    Seen {
        source: dataset.id.clone(),
        title: dataset.title.clone(),
        date: Some(dataset.source_date),
    }
}

/// A value is what the register has in the field that the value names, in the same dictionary; the type of a
/// parcel stands in its code. What no field says the register does not know: a use that was registered is not the
/// use of today.
pub(super) fn value(rules: &RuleSet, id: &str, profile: &PublicProfile) -> Told {
    let value = rules.values.get(id).ok_or(Cause::Missing)?;
    let (Domain::Dictionary { system, version }, Some(field)) = (&value.domain, value.field) else {
        return Err(Cause::Missing);
    };
    let own = profile.facts.iter().filter(|fact| fact.field == field);
    let mut codes: BTreeSet<String> = own
        .filter_map(|Fact { value, .. }| match value {
            Value::Coded(coded) if coded.system == *system && coded.version == *version => {
                Some(coded.code.clone())
            }
            _ => None,
        })
        .collect();
    let of_code = ("parcel-feature", domain::dictionary::CODE_STANDARD);
    if field == Field::ParcelCode && (system.as_str(), version.as_str()) == of_code {
        codes.insert(profile.code.feature().to_owned());
    }
    if codes.is_empty() {
        return Err(Cause::Missing);
    }
    Ok((Reading::Codes(codes), vec![seen(profile)]))
}
