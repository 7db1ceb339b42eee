//! What the rules of the house ask of what is given out as a whole.

use domain::{Clock as _, base_map::BaseKind};
use serde_json::{Value, json};
use store::Imports;
use testkit::{dataset, parcel, parcel_code, square};

use super::{
    super::{
        harness::{Answer, Noon, Web},
        land::OWNER,
    },
    base, collections, ids, items, json_of, open_cadastre, published,
};

/// An answer without what is of its request alone.
fn without_request(answer: &Answer) -> (u16, String, Value) {
    let mut said = answer.json();
    said["instance"] = Value::Null;
    (answer.status, answer.kind().to_owned(), said)
}

#[tokio::test]
async fn p5_what_is_not_given_out_is_answered_as_what_is_not_there() {
    let web = published();
    let nowhere = ["", "/items", "/items/1", "/items?limit=1"];
    let of = |id: &str, rest: &str| format!("/ogc/collections/{id}{rest}");
    let unreadable = web.get(&of("%FF", "")).await;
    unreadable.is_problem(404, "not-found");
    for rest in nowhere {
        let nothing = without_request(&web.get(&of("nothing.at.all", rest)).await);
        assert_eq!(nothing.0, 404);
        // A register's layer and parcels, and a layer that is not published yet.
        for id in ["small.layer.fields", "small.parcels", "open.layer.later"] {
            assert_eq!(without_request(&web.get(&of(id, rest)).await), nothing, "{id}{rest}");
        }
    }
    // A classified parcel of an open cadastre: neither in the list nor by its code, and no number has a gap.
    let all = json_of(&web, &items("open.parcels", ""), "application/geo+json").await;
    let codes = [1, 3, 4].map(parcel_code);
    assert_eq!(ids(&all), codes.iter().map(|it| it.as_str()).collect::<Vec<_>>());
    let one = |number| items("open.parcels", &format!("/{}", parcel_code(number)));
    let nothing = without_request(&web.get(&one(77)).await);
    assert_eq!(without_request(&web.get(&one(2)).await), nothing);
    // Of the register beside it, by the collection of the cadastre.
    assert_eq!(without_request(&web.get(&one(9)).await), nothing);
}

#[tokio::test]
async fn p2_parcels_tell_what_everybody_is_shown_and_no_more() {
    let web = published();
    let page = web.get(&items("open.parcels", "")).await;
    assert!(!page.text().contains(OWNER));
    let first = &page.json()["features"][0];
    assert_eq!(first["properties"]["location"], "Street 1");
    assert_eq!(first["properties"]["code"], first["id"]);
    let html = web.get(&items("open.parcels", "?f=html")).await;
    assert!(html.text().contains("Street 1") && !html.text().contains(OWNER));
}

#[tokio::test]
async fn p5_parcels_are_not_counted_where_another_data_set_may_answer_for_them() {
    let web = Web::empty(|_| {});
    open_cadastre(&web);
    let alone = json_of(&web, &items("open.parcels", "?limit=2"), "application/geo+json").await;
    assert_eq!((&alone["numberMatched"], &alone["numberReturned"]), (&json!(3), &json!(2)));
    // A register has one of them too, of a newer day: it answers, and shows no outline as surveyed.
    let mut writer = web.store.begin_import(&dataset("register")).unwrap();
    let same = parcel(parcel_code(3), square(120.03, 30.6, 0.001));
    assert!(writer.put_parcel(&same, &[], &[]).unwrap());
    writer.publish(Noon.now()).unwrap();
    let page = json_of(&web, &items("open.parcels", ""), "application/geo+json").await;
    assert_eq!(ids(&page), [parcel_code(1).as_str(), parcel_code(4).as_str()]);
    assert!(page["numberMatched"].is_null());
    let one = items("open.parcels", &format!("/{}", parcel_code(3)));
    web.get(&one).await.is_problem(404, "not-found");
    // Nor by going from page to page: none is empty where it would have stood.
    for boxes in ["", "&bbox=119,30,121,31"] {
        let mut at = 0;
        for number in [1, 4] {
            let query = format!("?limit=1&offset={at}{boxes}");
            let page = json_of(&web, &items("open.parcels", &query), "application/geo+json").await;
            assert_eq!(ids(&page), [parcel_code(number).as_str()], "{query}");
            at += 1;
        }
        let query = format!("?limit=1&offset={at}{boxes}");
        let last = json_of(&web, &items("open.parcels", &query), "application/geo+json").await;
        assert_eq!(ids(&last), [] as [&str; 0]);
        let links = last["links"].as_array().unwrap();
        assert!(links.iter().all(|link| link["rel"] != "next"), "{links:?}");
    }
}

#[tokio::test]
async fn m3_a_base_map_that_is_kept_as_surveyed_is_not_given_out() {
    let web = Web::open();
    assert_eq!(
        collections(&web).await,
        [] as [Value; 0],
        "it is drawn on the grid where it is shown"
    );
}

#[tokio::test]
async fn m1_whatever_is_given_out_says_whose_it_is_and_of_which_day() {
    let web = published();
    for collection in collections(&web).await {
        let id = collection["id"].as_str().unwrap();
        let page = json_of(&web, &items(id, "?limit=1"), "application/geo+json").await;
        let one = items(id, &format!("/{}", ids(&page)[0]));
        let one = json_of(&web, &one, "application/geo+json").await;
        for told in [&collection, &page, &one] {
            assert_eq!(told["attribution"], "Nobody", "{id}");
            for name in ["data_version", "source_date", "notice"] {
                assert!(told[name].is_string(), "{id}: {name}");
            }
            assert!(told.as_object().unwrap().contains_key("map_review_number"), "{id}");
        }
    }
}

#[tokio::test]
async fn a_page_says_what_was_imported_as_words() {
    let web = Web::empty(|_| {});
    let mut writer = web.store.begin_import(&dataset("small")).unwrap();
    writer.set_base_grid(Some(25.0)).unwrap();
    let name = "<script>alert(1)</script>\"&";
    writer.put_base(&base(BaseKind::Water, name, square(119.96, 30.53, 0.008).into())).unwrap();
    writer.publish(Noon.now()).unwrap();
    let page = web.get(&items("small.base.water", "?f=html")).await;
    assert!(!page.text().contains("<script>"), "{}", page.text());
    assert!(page.text().contains("&lt;script&gt;"), "{}", page.text());
}
