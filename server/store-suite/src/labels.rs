//! Labels: issued once, found, withdrawn once.

use domain::{
    Localized,
    code::LandCode,
    label::{KeyId, Token},
};
use store::{Imports, LabelPage, NewLabel, Store, Withdrawal, Withdrawn};

use super::{
    Storage,
    samples::{at, code, unit_code, whole},
};

fn label(code: LandCode, token: Option<&str>) -> NewLabel {
    NewLabel {
        code,
        token: token.map(|text| Token::parse(text).unwrap()),
        key: KeyId::first(),
        host: "portal.example.gov.cn".into(),
        issuer: Localized::new("德清县局", "Deqing bureau"),
        issued_at: at(1),
    }
}

const TOKEN: &str = "0123456789ABCDEF";

pub async fn a_label_comes_back_under_its_number<S: Store + Imports>(place: &Storage<S>) {
    let new = [label(code(1), None), label(LandCode::Unit(unit_code(1, 2)), Some(TOKEN))];
    let issued = place.open().issue_labels(&new).await.unwrap();
    assert_eq!(issued.iter().map(|label| label.serial).collect::<Vec<_>>(), [1, 2]);
    let store = place.open();
    for (issued, new) in issued.iter().zip(&new) {
        assert_eq!(&issued.label, new);
        assert_eq!(store.label(issued.serial).await.unwrap().as_ref(), Some(issued));
    }
    let token = Token::parse(TOKEN).unwrap();
    assert_eq!(store.label_of_token(&token).await.unwrap().as_ref(), Some(&issued[1]));
    let other = Token::parse("0123456789ABCDEG").unwrap();
    assert_eq!(store.label_of_token(&other).await.unwrap(), None);
    for unknown in [0, 3, u64::MAX] {
        assert_eq!(store.label(unknown).await.unwrap(), None);
    }
    assert_eq!(store.labels(0, 10).await.unwrap().labels.rows, issued);
    assert_eq!(store.labels(1, 10).await.unwrap().labels.rows, issued[1..]);
    assert_eq!(store.labels(0, 1).await.unwrap().labels.rows, issued[..1]);
}

pub async fn all_labels_are_issued_or_none<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let home = || label(LandCode::Unit(unit_code(1, 2)), Some(TOKEN));
    assert!(store.issue_labels(&[label(code(1), None), home(), home()]).await.is_err());
    assert_eq!(whole(store.labels(0, 10).await.unwrap().labels), []);
    assert_eq!(store.issue_labels(&[home()]).await.unwrap().len(), 1);
}

pub async fn a_list_of_labels_is_gone_through_in_parts_to_its_end<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let end = store.labels(0, 1).await.unwrap();
    assert_eq!((whole(end.labels), end.last), (Vec::new(), None));
    let new: Vec<NewLabel> = (1..4).map(|number| label(code(number), None)).collect();
    let issued = store.issue_labels(&new).await.unwrap();
    let (mut found, mut after) = (Vec::new(), 0);
    while let LabelPage { labels, last: Some(last) } = store.labels(after, 1).await.unwrap() {
        found.extend(whole(labels));
        assert_eq!(found.last().map(|label| label.serial), Some(last));
        after = last;
    }
    assert_eq!((found, after), (issued, 3));
    // A part that is not full has a last number too.
    assert_eq!(store.labels(1, 10).await.unwrap().last, Some(3));
    assert_eq!(store.labels(3, 10).await.unwrap().last, None);
}

pub async fn a_label_is_withdrawn_once<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    store.issue_labels(&[label(code(1), None), label(code(2), None)]).await.unwrap();
    let lost = Withdrawal { at: at(60), reason: "标牌遗失".into() };
    assert_eq!(store.withdraw_label(1, &lost).await.unwrap(), Withdrawn::Now);
    let again = Withdrawal { at: at(90), reason: "other".into() };
    let answer = place.open().withdraw_label(1, &again).await.unwrap();
    assert_eq!(answer, Withdrawn::Before(lost.clone()));
    assert_eq!(store.label(1).await.unwrap().unwrap().withdrawn, Some(lost));
    assert_eq!(store.label(2).await.unwrap().unwrap().withdrawn, None);
    assert_eq!(store.withdraw_label(3, &again).await.unwrap(), Withdrawn::Unknown);
}

pub async fn numbers_are_never_shared<S>(place: &Storage<S>)
where
    S: Store + Imports + Clone + 'static,
{
    let stores = [place.open(), place.open()];
    let mut tasks = tokio::task::JoinSet::new();
    for number in 1..=20 {
        for store in stores.clone() {
            let new = [label(code(number), None), label(code(number), None)];
            tasks.spawn(async move { store.issue_labels(&new).await.unwrap() });
        }
    }
    let mut serials = std::collections::BTreeSet::new();
    while let Some(done) = tasks.join_next().await {
        for issued in done.unwrap() {
            assert!(serials.insert(issued.serial), "{} was given twice", issued.serial);
        }
    }
    assert_eq!(serials.into_iter().collect::<Vec<_>>(), (1..=80).collect::<Vec<_>>());
}
