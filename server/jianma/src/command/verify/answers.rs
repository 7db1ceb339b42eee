//! What the applicant answered, in words.

use domain::{
    Locale, Localized,
    dictionary::Coded,
    signed_verdict::Judgement,
    suitability::{Domain, Fact, FactKey, Known, Question, Reading, RuleSet},
};

/// A line for each answer, under one that says whose they are; none where nothing was answered. Without the
/// rules that ask, question and answer are as they stand in the file.
pub(super) fn lines(
    judgement: &Judgement,
    rules: Option<&RuleSet>,
    locale: Locale,
) -> impl Iterator<Item = String> {
    let each: Vec<String> = judgement
        .answers
        .0
        .iter()
        .filter_map(|(key, answer)| {
            let FactKey::Answer(id) = key else { return None };
            let asked = rules.and_then(|rules| rules.question(id));
            let question = asked.map_or(id.as_str(), |asked| asked.text.get(locale));
            Some(format!("  {question} {}", in_words(asked, answer, locale)))
        })
        .collect();
    let heading = "answered by the applicant, checked by nobody:".to_owned();
    (!each.is_empty()).then_some(heading).into_iter().chain(each)
}

fn in_words(asked: Option<&Question>, answer: &Fact, locale: Locale) -> String {
    let domain = asked.map(|asked| &asked.domain);
    match answer {
        Fact::Unknown(_) => Localized::new("不知道", "not known").get(locale).to_owned(),
        Fact::Known(Known { reading: Reading::Codes(codes), .. }) => {
            let codes = codes.iter().map(|code| one_code(domain, code, locale));
            let comma = Localized::new("、", ", ");
            codes.collect::<Vec<_>>().join(comma.get(locale))
        }
        Fact::Known(Known { reading: Reading::Figure(range), .. }) => {
            let unit = match domain {
                Some(Domain::Figure(dimension)) => dimension.base(),
                _ => "",
            };
            format!("{} {unit}", range.lo.figure()).trim_end().to_owned()
        }
        // No question is answered by features.
        Fact::Known(_) => String::new(),
    }
}

fn one_code(domain: Option<&Domain>, code: &str, locale: Locale) -> String {
    match domain {
        Some(Domain::YesNo) if code == "yes" => Localized::new("是", "yes").get(locale).to_owned(),
        Some(Domain::YesNo) => Localized::new("否", "no").get(locale).to_owned(),
        Some(Domain::Options(options)) => {
            let option = options.iter().find(|option| option.id == code);
            option.map_or(code, |option| option.label.get(locale)).to_owned()
        }
        Some(Domain::Dictionary { system, version }) => {
            Coded::new(system, version, code).label(locale)
        }
        Some(Domain::Open | Domain::Figure(_)) | None => code.to_owned(),
    }
}
