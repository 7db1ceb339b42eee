//! Finding parcels by what somebody types.

use domain::{
    dictionary::Coded,
    policy::Field,
    record::{ParcelRecord, Value},
};
use store::{Bounds, Imports, MOST_COUNTED, ParcelHit, SearchQuery, SearchResult, Searched, Store};

use super::{Storage, samples::*};

pub async fn words_of_any_length_find_addresses<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(
        &store,
        "deqing",
        &[
            parcel_at(1, "德清县武康街道永安街 12 号德清大厦附属用房", 120.0, 30.5),
            parcel_at(2, "德清县武康街道永安街 12 号", 120.0, 30.5),
            parcel_at(3, "德清县新市镇健康路 5 号", 120.0, 30.5),
            parcel_at(4, "100 Main Street", 120.0, 30.5),
        ],
    );
    // Shorter addresses first: the word is more of them.
    assert_eq!(found(&store, "武康街道").await, [2, 1].map(parcel_code));
    assert_eq!(found(&store, "永安街").await, [2, 1].map(parcel_code));
    assert_eq!(found(&store, "武康").await, [2, 1].map(parcel_code));
    assert_eq!(found(&store, "康").await, [3, 2, 1].map(parcel_code));
    assert_eq!(found(&store, "德清县 健康").await, [parcel_code(3)]);
    assert_eq!(found(&store, "武康街道 大厦附").await, [parcel_code(1)]);
    assert_eq!(found(&store, " main  STREET ").await, [parcel_code(4)]);
    // Two characters, wherever they stand in an address.
    assert_eq!(found(&store, "德清").await, [3, 2, 1].map(parcel_code));
    assert_eq!(found(&store, "大厦").await, [parcel_code(1)]);
    assert_eq!(found(&store, "用房").await, [parcel_code(1)]);
    // 永安街 is a street too, in letters.
    assert_eq!(found(&store, "ET").await, [2, 4, 1].map(parcel_code));
    assert_eq!(found(&store, "健康 5").await, [parcel_code(3)]);
    assert_eq!(found(&store, "杭州").await, []);
    assert_eq!(found(&store, "杭州市西湖区").await, []);
}

pub async fn codes_and_local_ids_come_first<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let with_id = |number, id: &str, location| ParcelRecord {
        local_id: Some(id.into()),
        ..parcel_at(number, location, 120.0, 30.5)
    };
    publish(
        &store,
        "arlington",
        &[
            with_id(1, "45-2-10", "a"),
            with_id(2, "45-2-1", "b"),
            with_id(3, "45-2-1.A", "c"),
            with_id(4, "9-9", "behind 45-2-1"),
            with_id(12, "x", "d"),
        ],
    );
    assert_eq!(found(&store, "45-2-1").await, [2, 3, 1, 4].map(parcel_code));
    assert_eq!(found(&store, "45-2-1.a").await, [parcel_code(3)]);
    assert_eq!(found(&store, "330521001001GB0000").await, [1, 2, 3, 4].map(parcel_code));
    assert_eq!(found(&store, "330521 001001 gb00012").await, [parcel_code(12)]);
    // A unit's code finds its parcel.
    assert_eq!(found(&store, unit_code(12, 1).as_str()).await, [parcel_code(12)]);
    // The middle of a code, as words are found.
    assert_eq!(found(&store, "GB00012").await, [parcel_code(12)]);
    assert_eq!(found(&store, "331").await, []);
}

pub async fn bounds_narrow_a_search<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(&store, "deqing", &[parcel(0), parcel(1), parcel(250)]);
    let west = Bounds { west: 119.9999, south: 30.4, east: 120.0008, north: 30.6 };
    assert_eq!(found_in(&store, "", Some(west)).await, [parcel_code(0)]);
    assert_eq!(found_in(&store, "永安街", Some(west)).await, [parcel_code(0)]);
    assert_eq!(found_in(&store, "永安", Some(west)).await, [parcel_code(0)]);
    assert_eq!(found_in(&store, parcel_code(1).as_str(), Some(west)).await, []);
    let far = Bounds { west: 10.0, south: 10.0, east: 11.0, north: 11.0 };
    assert_eq!(found_in(&store, "永安街", Some(far)).await, []);
    assert_eq!(found(&store, "").await, [0, 1, 250].map(parcel_code));
    let datasets = all(&store).await;
    let text = "永安街".into();
    let none = SearchQuery { text, datasets, ..SearchQuery::default() };
    assert_eq!(store.search(&none).await.unwrap(), SearchResult::default());
    let one = SearchQuery { limit: 1, ..none };
    assert_eq!(store.search(&one).await.unwrap().hits.len(), 1);
}

/// A parcel whose use is a class of 用地用海分类.
fn used(number: u32, location: &str, class: &str) -> ParcelRecord {
    let mut parcel = parcel_at(number, location, 120.0, 30.5);
    let class = Coded::new("land-use-planning", "2023-11", class);
    parcel.fields.insert(Field::LandUse, Value::Coded(class));
    parcel
}

pub async fn an_address_is_found_as_people_say_it<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(
        &store,
        "deqing",
        &[
            parcel_at(1, "演示镇演示智造路40号厂房", 120.0, 30.5),
            parcel_at(2, "演示镇演示智造路140号厂房", 120.0, 30.5),
            parcel_at(3, "演示镇演示学院路 4 号 住宅", 120.0, 30.5),
        ],
    );
    for text in [
        "浙江省湖州市德清县演示镇演示智造路40号",
        "浙江省德清县演示智造路40号厂房",
        "德清县演示智造路40号",
        "德清演示智造路40号",
        "演示智造路４０号",
        "演示智造路 40号",
        "40号 演示智造路",
        "40号，智造路，演示镇",
        "智造路40号演示镇",
        "Deqing County, Yanshi Town, Yanshizhizao Road, No. 40",
        "yszyszzl40",
    ] {
        assert_eq!(found(&store, text).await, [parcel_code(1)], "{text}");
    }
    for text in ["演示学院路4号", "学院路４号住宅", "演示学院路 4 号", "住宅 4号"]
    {
        assert_eq!(found(&store, text).await, [parcel_code(3)], "{text}");
    }
    // As people say it who write by ear, count in words or read letters.
    for text in ["智造路四十号", "演示镇 智造路四十号", "zhizao lu 40", "zhizao lu 40 hao"]
    {
        assert_eq!(found(&store, text).await, [parcel_code(1)], "{text}");
    }
    for text in ["Huzhou", "湖州", "zhejiang"] {
        assert_eq!(found(&store, text).await.len(), 3, "{text}");
    }
    // Another county, another number, a word that is nowhere.
    for text in ["浙江省杭州市西湖区演示智造路40号", "演示智造路4号", "智造路40号酒店"]
    {
        assert_eq!(found(&store, text).await, [], "{text}");
    }
    // Nothing but where it lies.
    for text in ["德清县", "浙江省湖州市德清县", "浙江省", "德清县 浙江省"] {
        assert_eq!(found(&store, text).await.len(), 3, "{text}");
    }
    assert_eq!(found(&store, "杭州市").await, []);
}

/// A register lists house numbers. Whoever looks for a home is told of the house, and not whether there is
/// such a home.
pub async fn row_2_a_home_is_looked_for_by_its_house<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(
        &store,
        "deqing",
        &[
            parcel_at(1, "演示镇演示智造路40号厂房", 120.0, 30.5),
            parcel_at(2, "演示镇演示老街100号（小区）", 120.0, 30.5),
            parcel_at(3, "演示镇演示里山村4组259号", 120.0, 30.5),
            parcel_at(4, "演示镇演示里山村1组42号", 120.0, 30.5),
        ],
    );
    let datasets = all(&store).await;
    let asked = async |text: &str| {
        let query = SearchQuery {
            text: text.into(),
            limit: 10,
            datasets: datasets.clone(),
            ..SearchQuery::default()
        };
        let SearchResult { hits, coarser, .. } = store.search(&query).await.unwrap();
        (hits.into_iter().map(|hit| hit.code).collect::<Vec<_>>(), coarser)
    };
    for (text, number) in [
        ("智造路40号1幢101室", 1),
        ("智造路40号99幢999室", 1),
        ("智造路40号一楼", 1),
        ("演示老街100号小区2单元301", 2),
        ("德清县演示镇演示老街100号（小区）1幢", 2),
    ] {
        assert_eq!(asked(text).await, (vec![parcel_code(number)], true), "{text}");
    }
    for (text, number) in [
        ("演示老街100号（小区）", 2),
        ("里山村四组", 3),
        ("Lishan Village Group 4", 3),
        ("Deqing County, Yanshi Town, Yanshilishan Village, Group 4, No. 259", 3),
    ] {
        assert_eq!(asked(text).await, (vec![parcel_code(number)], false), "{text}");
    }
    assert_eq!(asked("智造路41号1幢").await, (vec![], false));
}

pub async fn uses_and_kinds_are_found_in_both_languages<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(
        &store,
        "deqing",
        &[used(1, "智造路1号", "100101"), used(2, "学院路2号", "0701"), used(3, "b", "0901")],
    );
    for text in ["工业用地", "一类工业用地", "工业", "工矿用地", "industrial", "智造路 工业"]
    {
        assert_eq!(found(&store, text).await, [parcel_code(1)], "{text}");
    }
    for text in ["住宅", "城镇住宅用地", "居住用地", "Urban housing", "学院路 住宅"]
    {
        assert_eq!(found(&store, text).await, [parcel_code(2)], "{text}");
    }
    assert_eq!(found(&store, "学院路 工业").await, []);
    // As everybody calls them.
    for (text, number) in
        [("工厂", 1), ("factory", 1), ("智造路 工厂", 1), ("店面", 3), ("奶茶店", 3), ("shop", 3)]
    {
        assert_eq!(found(&store, text).await, [parcel_code(number)], "{text}");
    }
    for text in ["建设用地使用权", "construction land", "国有 智造路"] {
        assert!(found(&store, text).await.contains(&parcel_code(1)), "{text}");
    }
    assert_eq!(found(&store, "宅基地").await, []);
    // Where uses may not be searched they decide nothing; the kind is in the code.
    let closed = Searched { dataset: "deqing".into(), location: true, ..Searched::default() };
    for text in ["工业用地", "工业", "智造路 工业", "industrial"] {
        assert_eq!(searched(&store, text, None, std::slice::from_ref(&closed)).await, [], "{text}");
    }
    let kind = searched(&store, "国有建设用地", None, std::slice::from_ref(&closed)).await;
    assert_eq!(kind.len(), 3);
}

pub async fn pages_of_a_search_follow_one_another_and_its_count_is_true<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let some: Vec<_> = (0..47).map(parcel).collect();
    publish(&store, "few", &some);
    let page = async |text: &str, skip, limit| {
        let datasets = all(&store).await;
        let query = SearchQuery { text: text.into(), skip, limit, datasets, bounds: None };
        store.search(&query).await.unwrap()
    };
    for text in ["永安街", "永安", "永", "330521", "德清县", ""] {
        let mut codes = Vec::new();
        for skip in [0, 20, 40, 60] {
            let SearchResult { hits, matched, more, coarser: _ } = page(text, skip, 20).await;
            assert_eq!((matched, more), (47, false), "{text}");
            codes.extend(hits.into_iter().map(|hit| hit.code));
        }
        codes.sort_unstable();
        assert_eq!(codes, (0..47).map(parcel_code).collect::<Vec<_>>(), "{text}");
    }
    // More than any search counts: it says so.
    let many: Vec<_> = (100..1_200).map(parcel).collect();
    publish(&store, "many", &many);
    for text in ["永安街", "永安", "330521", "德清县", ""] {
        let SearchResult { hits, matched, more, coarser: _ } =
            page(text, MOST_COUNTED - 5, 20).await;
        assert_eq!((hits.len(), matched, more), (5, MOST_COUNTED, true), "{text}");
        assert_eq!(page(text, MOST_COUNTED, 20).await.hits, [], "{text}");
    }
}

pub async fn signs_in_a_search_are_only_signs<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(&store, "deqing", &[parcel_at(1, "\"A\" 100% _x_ 'y' (OR) *号", 120.0, 30.5)]);
    for text in ["\"A\"", "100%", "0%", "_x", "'y'", "(OR)", "*号", "AND NOT", "NEAR("] {
        let expected = !matches!(text, "AND NOT" | "NEAR(");
        assert_eq!(found(&store, text).await.len(), usize::from(expected), "{text}");
    }
    for text in
        ["%", "__", "\"\"\"", "-", "\u{0}", "\u{0}\u{0}\u{0}", "\\", "^", "code:330", "😀😀😀"]
    {
        found(&store, text).await;
    }
    assert_eq!(found(&store, "__").await, []);
    found(&store, &"永".repeat(5_000)).await;
    found(&store, &"永 ".repeat(5_000)).await;
}

/// A search over `searched` alone.
async fn searched<S: Store>(
    store: &S,
    text: &str,
    bounds: Option<Bounds>,
    datasets: &[Searched],
) -> Vec<ParcelHit> {
    let datasets = datasets.to_vec();
    let query = SearchQuery { text: text.into(), bounds, skip: 0, limit: 10, datasets };
    let found = store.search(&query).await.unwrap();
    assert!(found.matched >= found.hits.len());
    found.hits
}

/// Every way of searching that a word takes: by three characters and more, by two, by one, beside a
/// longer one, as the beginning of an id.
const WAYS: [&str; 9] =
    ["永安街", "永安", "12", "永", "号", "永安街 号", "45-2-1", "45-2", "330521 永"];

pub async fn p5_what_may_not_be_searched_has_no_part_in_a_search<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let with = |number, id: &str, location, x| ParcelRecord {
        local_id: Some(id.into()),
        ..parcel_at(number, location, x, 30.5)
    };
    publish(&store, "one", &[with(1, "45-2-1", "永安街12号", 120.0), with(2, "a", "b", 120.1)]);
    let closed = Searched { dataset: "one".into(), ..Searched::default() };
    let world = Bounds { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
    for bounds in [None, Some(world)] {
        for text in WAYS {
            let found = searched(&store, text, bounds, std::slice::from_ref(&closed)).await;
            assert_eq!(found, [], "{text}");
            assert_eq!(searched(&store, text, bounds, &[]).await, [], "{text}");
        }
    }
    // Its codes are found, with nothing else of it; no box finds it.
    let [hit] = searched(&store, parcel_code(1).as_str(), None, std::slice::from_ref(&closed))
        .await
        .try_into()
        .unwrap();
    assert_eq!((hit.local_id, hit.location, hit.centre), (None, None, None));
    for text in ["", "330521", parcel_code(1).as_str()] {
        let found = searched(&store, text, Some(world), std::slice::from_ref(&closed)).await;
        assert_eq!(found, [], "{text}");
    }
    for open in [
        Searched { location: true, ..closed.clone() },
        Searched { local_id: true, ..closed.clone() },
    ] {
        for text in WAYS {
            let found = searched(&store, text, None, std::slice::from_ref(&open)).await;
            let by_id = ["45-2-1", "45-2"].contains(&text);
            let wanted = if by_id { open.local_id } else { open.location };
            assert_eq!(found.len(), usize::from(wanted), "{text} {open:?}");
        }
    }
}

pub async fn p5_limits_and_order_depend_on_what_may_be_searched_alone<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let street = |numbers: std::ops::Range<u32>, long: bool| -> Vec<ParcelRecord> {
        let of = |number| {
            let location = if long { "永安街的很长很长的地址" } else { "永安街" };
            parcel_at(number, location, 120.0 + f64::from(number) * 1e-5, 30.5)
        };
        numbers.map(of).collect()
    };
    // More of the hidden than any search looks at, imported first, and shorter.
    publish(&store, "hidden", &street(0..1_200, false));
    publish(&store, "half", &street(1_200..2_400, false));
    publish(&store, "open", &street(2_400..2_403, true));
    let named = |dataset: &str, location| Searched {
        dataset: dataset.into(),
        location,
        point: location,
        ..Searched::default()
    };
    let datasets = [named("half", false), named("open", true)];
    let wanted = [2_400, 2_401, 2_402].map(parcel_code);
    let world = Bounds { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
    for (text, bounds) in
        [("永安街", None), ("永安", None), ("永", None), ("永安街 的", None), ("", Some(world))]
    {
        let found = searched(&store, text, bounds, &datasets).await;
        let codes: Vec<_> = found.iter().map(|hit| hit.code).collect();
        assert_eq!(codes, wanted, "{text}");
    }
    // In a box, by code: not by how the boxes lie.
    let all = [named("hidden", true), named("half", true), named("open", true)];
    let found = searched(&store, "", Some(world), &all).await;
    let codes: Vec<_> = found.iter().map(|hit| hit.code).collect();
    assert_eq!(codes, (0..10).map(parcel_code).collect::<Vec<_>>());
}
