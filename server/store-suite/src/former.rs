//! Reading the data as they were when other versions were the current ones.

use domain::{dataset::DataVersion, record::ParcelRecord};
use jiff::civil::date;
use store::{Change, Imports, Look, Question, Store, read_former};

use super::{Storage, samples::*};

/// What of some parcels is said by other versions: the versions, the codes that there are, and a look at each.
type Said = (Vec<DataVersion>, Vec<String>, Vec<Look>);

async fn then<S: Store>(store: &S, versions: &[(&str, u32)], numbers: &[u32]) -> Option<Said> {
    let named: Vec<(String, u32)> =
        versions.iter().map(|(dataset, number)| ((*dataset).to_owned(), *number)).collect();
    let numbers = numbers.to_vec();
    let said = read_former(store, &named, move |moment| {
        let all = ["deqing".to_owned(), "other".to_owned()];
        let question = |number: &u32| Question {
            code: code(*number),
            today: date(2026, 11, 22),
            told: all.to_vec(),
            public: all.to_vec(),
        };
        let looks = numbers.iter().map(|number| moment.look(&question(number)));
        let looks = looks.collect::<Result<_, _>>()?;
        let codes = moment.codes_after(None, &all, 100)?;
        Ok((moment.versions()?, codes.iter().map(ToString::to_string).collect(), looks))
    });
    said.await.unwrap()
}

fn codes(numbers: &[u32]) -> Vec<String> {
    numbers.iter().map(|number| parcel_code(*number).to_string()).collect()
}

pub async fn what_was_current_is_read_as_it_was<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(&store, "deqing", &[parcel(1), parcel(3)]);
    publish(&store, "other", &[parcel(8)]);
    let day = date(2010, 5, 6);
    let into = ParcelRecord { successors: vec![parcel_code(4)], valid_to: Some(day), ..parcel(1) };
    publish(&store, "deqing", &[into, parcel(4)]);

    let (versions, there, looks) = then(&store, &[("deqing", 1)], &[1, 3, 4]).await.unwrap();
    let labels: Vec<String> = versions.iter().map(DataVersion::label).collect();
    assert_eq!((labels, there), (vec!["deqing/1".to_owned()], codes(&[1, 3])));
    let one = looks[0].record.as_ref().unwrap();
    assert_eq!((&one.parcel, one.version.number), (&parcel(1), 1), "nothing of what came later");
    assert_eq!(looks[0].ties.len(), 1, "it had led on to nothing: {:?}", looks[0].ties);
    assert!(looks[1].record.is_some() && looks[2] == Look::default());
    // Data sets stand beside each other as they are named.
    let both = then(&store, &[("deqing", 1), ("other", 1)], &[]).await.unwrap();
    assert_eq!(both.1, codes(&[1, 3, 8]));
    let now = then(&store, &[("deqing", 2)], &[1]).await.unwrap();
    assert_eq!(now.1, codes(&[1, 4]));
    assert_eq!(now.2[0].record.as_ref().unwrap().parcel.successors, [parcel_code(4)]);
    // Whoever reads the current data sees nothing of it.
    assert!(store.record(&code(3)).await.unwrap().is_none());
    assert_eq!(store.versions().await.unwrap().len(), 2);
}

pub async fn what_is_not_kept_or_was_taken_back_is_not_read<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    for number in 1..=3 {
        publish(&store, "deqing", &[parcel(number)]);
    }
    for (versions, is_read) in [
        (&[("deqing", 1)][..], false),
        (&[("deqing", 2)], true),
        (&[("deqing", 3)], true),
        (&[("deqing", 4)], false),
        (&[("deqing", 2), ("other", 1)], false),
        (&[], true),
    ] {
        let said = then(&store, versions, &[]).await;
        assert_eq!(said.is_some(), is_read, "{versions:?}: {said:?}");
    }
    store.roll_back("deqing", None, &Change { at: at(5), by: "test".into() }).await.unwrap();
    assert!(then(&store, &[("deqing", 3)], &[]).await.is_none());
    assert_eq!(then(&store, &[("deqing", 2)], &[]).await.unwrap().1, codes(&[2]));
}

pub async fn p5_what_is_classified_today_is_not_in_what_was<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    publish(&store, "deqing", &[parcel(1), parcel(2), parcel(3)]);
    let classified = |number| ParcelRecord { classified: true, ..parcel(number) };
    publish(&store, "deqing", &[parcel(1), classified(2)]);
    // By another data set as well.
    publish(&store, "other", &[classified(3)]);
    let (_, there, looks) = then(&store, &[("deqing", 1)], &[2, 3]).await.unwrap();
    assert_eq!(there, codes(&[1]));
    assert_eq!(looks, [Look::default(), Look::default()]);
}
