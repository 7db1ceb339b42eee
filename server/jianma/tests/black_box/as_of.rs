//! A place by data before the current ones, by page, by program and as a feed. Rule P12.

use reqwest::{Client, redirect};

use super::harness::{PARCEL_FILE, PARCELS, PortalFolder, parcels};

#[tokio::test]
async fn p12_a_day_enters_no_cache_and_a_feed_says_what_the_newest_import_changed() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    let page = format!("/c/{}", PARCELS[0]);
    let data = format!("/api/v1/parcels/{}", PARCELS[0]);
    let get = async |path: &str| {
        let answer = client.get(format!("{}{path}", portal.address)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let feed = format!("{page}/changes.atom?lang=en");
    let (status, said) = get(&feed).await;
    assert!(status == 200 && said.contains("No data before are kept"), "{status} {said}");

    // What is kept of now answers nobody who asks for a day.
    for path in [&page, &data] {
        for _kept_from_the_second_on in 0..3 {
            assert_eq!(get(path).await.0, 200);
        }
        let (status, before) = get(&format!("{path}?asof=2020-01-01")).await;
        assert_eq!(status, if *path == data { 410 } else { 404 });
        assert!(before.contains("没有保留") || before.contains("are not kept"), "{before}");
        for no_day in ["2026-02-30", "2999-01-01", "yesterday"] {
            assert_eq!(get(&format!("{path}?asof={no_day}")).await.0, 400, "{no_day}");
        }
    }
    let today = domain::clock::china_date(domain::Clock::now(&testkit::SystemClock));
    assert_eq!(get(&format!("{page}?asof={today}")).await.0, 303);
    assert_eq!(get(&format!("{data}?asof={today}")).await, get(&data).await);

    assert!(
        place
            .import(PARCEL_FILE, &parcels().replace("演示路 1 号", "改名路 1 号"))
            .status
            .success()
    );
    let (_, said) = get(&feed).await;
    for words in ["small/2", "Compared with small/1.", "These have changed: Address"] {
        assert!(said.contains(words), "{words} in {said}");
    }
    let (_, other) = get(&format!("/c/{}/changes.atom?lang=zh", PARCELS[1])).await;
    assert!(other.contains("公众能看到的没有变化"), "{other}");
    let (status, nothing) = get("/c/330521001001GB09999/changes.atom?lang=zh").await;
    assert!(status == 404 && !nothing.contains("<feed"), "{status}");
}
