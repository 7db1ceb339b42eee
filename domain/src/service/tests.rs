use super::*;
use crate::localized::Locale;

#[test]
fn s1_every_item_of_the_file_has_its_guide_in_both_languages() {
    let text = files::embedded(SERVICES);
    assert_eq!(parse(text, "services.toml", register()).unwrap(), services());
}

#[test]
fn s1_the_catalogue_holds_the_items_with_their_departments() {
    let listed: Vec<_> =
        services().iter().map(|item| (item.id.as_str(), item.department.as_str())).collect();
    assert_eq!(
        listed,
        [
            ("data-correction", "registration"),
            ("planning-conformity", "planning"),
            ("registration-query", "registration"),
            ("hazard-zone", "geology"),
            ("violation-report", "planning"),
            ("information-disclosure", "planning"),
            ("first-registration", "registration"),
            ("transfer-registration", "registration"),
            ("mortgage-registration", "registration"),
            ("change-registration", "registration"),
            ("notice-registration", "registration"),
            ("correction-registration", "registration"),
            ("deregistration", "registration"),
            ("site-approval", "planning"),
            ("land-planning-permit", "planning"),
            ("works-planning-permit", "planning"),
            ("completion-check", "planning"),
            ("temporary-land", "planning"),
            ("rural-works-permit", "township"),
            ("homestead-application", "township"),
            ("standard-land", "planning"),
        ]
    );
}

#[test]
fn s6_what_several_must_apply_for_says_so() {
    let joint: Vec<_> =
        services().iter().filter(|item| item.joint).map(|item| item.id.as_str()).collect();
    assert_eq!(joint, ["transfer-registration", "mortgage-registration", "notice-registration"]);
}

#[test]
fn s2_s4_what_is_shared_is_not_asked_for_and_what_may_follow_is_marked() {
    let all = || services().iter().flat_map(|item| &item.materials);
    assert!(all().any(|material| material.shared) && all().any(|material| material.later));
    assert!(all().all(|material| !(material.shared && material.later)));
}

#[test]
fn forms_are_short_and_ask_about_the_matter_before_the_person() {
    for item in services() {
        let once = item.question.iter().filter(|one| one.of.is_none()).cloned();
        assert!(due::most_at_once(&once.collect::<Vec<_>>()) <= 7, "{}", item.id);
        assert!(item.question.iter().is_sorted_by_key(|q| q.personal), "{}", item.id);
        let consent = item.question.last().unwrap();
        assert!(consent.kind == InputKind::Consent && consent.required, "{}", item.id);
        let notice = consent.hint.get(Locale::Zh, register().date);
        assert!(notice.contains("《个人信息保护法》"), "{}", item.id);
        for question in &item.question {
            let name = &question.name;
            // What a browser fills in is its owner's, and not of whoever else applies.
            assert_eq!(
                question.personal && question.kind != InputKind::Consent && question.of.is_none(),
                question.autocomplete.is_some(),
                "{name}"
            );
        }
    }
}
