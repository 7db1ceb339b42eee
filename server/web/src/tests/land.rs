//! The land that the routes are asked about.

use domain::{
    Localized,
    base_map::{BaseFeature, BaseKind},
    policy::Field,
    record::{Fields, ParcelRecord, Value},
    restriction::Finding,
};
use jiff::civil::date;
use store::{Imports, LayerToStore, RestrictionFeature};
use store_sqlite::SqliteStore;
use testkit::{dataset, layer, parcel, parcel_code, square};

use super::harness::Noon;

/// Half of it is farmland.
pub(super) const HERE: &str = "330521001001GB00001";
/// Ended in 2015 and led to [`HERE`].
pub(super) const FORMER: &str = "330521001001GB00002";
/// Classified.
pub(super) const CLASSIFIED: &str = "330521001001GB00003";
/// Of nothing.
pub(super) const UNKNOWN: &str = "330521001001GB00099";
/// Of nothing, and near to no code that there is.
pub(super) const FAR: &str = "330521765432GB98765";
/// Whose it is, which nobody is told.
pub(super) const OWNER: &str = "不应出现的姓名";

/// Publishes it as the data set `small`.
pub(super) fn publish(store: &SqliteStore) {
    use domain::Clock as _;
    let here = ParcelRecord {
        predecessors: vec![parcel_code(2)],
        valid_from: Some(date(2015, 6, 1)),
        fields: Fields::from([
            (Field::Location, Value::Text("演示路 1 号".into())),
            (Field::ParcelArea, Value::AreaM2(10_000.5)),
            (Field::HolderPerson, Value::Text(OWNER.into())),
        ]),
        ..parcel(parcel_code(1), square(119.970_04, 30.540_06, 0.001))
    };
    let former = ParcelRecord {
        successors: vec![parcel_code(1)],
        valid_to: Some(date(2015, 5, 31)),
        ..parcel(parcel_code(2), square(119.970_04, 30.540_06, 0.001))
    };
    let classified =
        ParcelRecord { classified: true, ..parcel(parcel_code(3), square(119.99, 30.56, 0.001)) };
    let farmland = Finding {
        layer: "fields".into(),
        feature: "7".into(),
        label: Localized::same("field 7"),
        area_m2: 500.0,
        share: 0.5,
        sliver: false,
        of_feature: None,
    };
    let mut writer = store.begin_import(&dataset("small")).unwrap();
    let fields = LayerToStore { info: layer("fields", "permanent_basic_farmland"), coverage: None };
    writer.put_layer(&fields).unwrap();
    let field = RestrictionFeature {
        id: farmland.feature.clone(),
        label: farmland.label.clone(),
        outline: here.outline.clone(),
    };
    writer.put_restriction("fields", &field).unwrap();
    for (one, found) in [(&here, &[farmland][..]), (&former, &[][..]), (&classified, &[][..])] {
        assert!(writer.put_parcel(one, found, &["fields".into()]).unwrap());
    }
    let water = BaseFeature {
        kind: BaseKind::Water,
        name: Some("演示湖".into()),
        geometry: square(119.96, 30.53, 0.008).into(),
    };
    writer.put_base(&water).unwrap();
    writer.publish(Noon.now()).unwrap();
}
