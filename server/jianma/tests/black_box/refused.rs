//! Places of which nothing is said, each for a reason of its own (rule P5).

use std::{collections::BTreeMap, path::Path};

use domain::{
    ParcelCode,
    code::Strictness,
    dataset::DatasetInfo,
    policy::Field,
    record::{ParcelRecord, Value},
};
use jiff::Timestamp;

use crate::harness::opened;

/// Codes that all get the same answer, each with why. Far from each other and
/// from every other code, so that no near miss is offered for one of them alone.
pub const KINDS: [(&str, &str); 4] = [
    ("330521123456GB31415", "unknown"),
    ("330521234567GB27182", "classified"),
    ("330521345678GB16180", "policy"),
    // A former code, of which no record is left, and which led to classified land alone (rule C7).
    ("330521456789GB14142", "unknown"),
];
/// What the former one led to.
const LED_TO: &str = "330521456789GB57721";

/// A classified parcel, one whose data set has no policy, a former one, and many others.
pub fn publish(folder: &Path) {
    let store = opened(folder);
    for (code, reason) in &KINDS[1..3] {
        let mut import = store.begin_import(&dataset(reason)).unwrap();
        let mut record = parcel(code);
        record.classified = *reason == "classified";
        assert!(import.put_parcel(&record, &[], &[]).unwrap());
        for number in 1..500 {
            let other =
                format!("330521001{:03}GB{number:05}", if *reason == "policy" { 1 } else { 2 });
            assert!(import.put_parcel(&parcel(&other), &[], &[]).unwrap());
        }
        import.publish(Timestamp::UNIX_EPOCH).unwrap();
    }
    let (mut former, mut after) = (parcel(KINDS[3].0), parcel(LED_TO));
    former.successors = vec![after.code];
    after.classified = true;
    for records in [&[former, after.clone()][..], &[after]] {
        let mut import = store.begin_import(&dataset("former")).unwrap();
        for record in records {
            assert!(import.put_parcel(record, &[], &[]).unwrap());
        }
        import.publish(Timestamp::UNIX_EPOCH).unwrap();
    }
}

fn dataset(reason: &str) -> DatasetInfo {
    DatasetInfo {
        policy: if reason == "policy" { "none" } else { "zhejiang" }.into(),
        ..testkit::dataset(&format!("timing-{reason}"))
    }
}

fn parcel(code: &str) -> ParcelRecord {
    let code = ParcelCode::parse(code, Strictness::Issue).unwrap().code;
    ParcelRecord {
        fields: BTreeMap::from([(Field::Location, Value::Text("演示路".into()))]),
        ..testkit::parcel(code, testkit::square(119.97, 30.54, 0.001))
    }
}
