//! What a printed page carries.

use scan::{Frame, decode_still};

use crate::harness::{PARCELS, PortalFolder, UNLIMITED, client};

/// Pixels of a module.
const MODULE: usize = 6;

/// What a phone reads of the symbol on a page.
fn scanned(page: &str) -> String {
    let class = page.find("on-paper-symbol").unwrap();
    let symbol = &page[page[..class].rfind("<svg").unwrap()..];
    let view = symbol.split("viewBox=\"").nth(1).unwrap().split('"').next().unwrap();
    let side: usize = view.rsplit(' ').next().unwrap().parse().unwrap();
    let path = symbol.split("<path d=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut luma = vec![255; (side * MODULE).pow(2)];
    for run in path.split('M').skip(1) {
        let numbers: Vec<usize> =
            run.split([' ', 'h', 'v']).take(3).map(|number| number.parse().unwrap()).collect();
        // Four modules around it stay light.
        let (x, y, length) = (numbers[0] + 4, numbers[1] + 4, numbers[2]);
        for row in y * MODULE..(y + 1) * MODULE {
            let from = row * side * MODULE + x * MODULE;
            luma[from..from + length * MODULE].fill(0);
        }
    }
    let frame = Frame::from_luma(side * MODULE, side * MODULE, luma).unwrap();
    decode_still(&frame, None, &mut || true)[0].text.clone()
}

#[tokio::test]
async fn q1_a_printed_profile_is_scanned_and_leads_to_itself_at_whatever_host_it_was_asked() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let code = PARCELS[0];
    let get = async |path: &str, host: &str| {
        let asked = client().get(format!("{}{path}", portal.address));
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("host", host.parse().unwrap());
        asked.headers(headers).send().await.unwrap()
    };
    // Twice each: the second is a kept answer.
    for host in ["one.example", "two.example:8443", "one.example", "two.example:8443"] {
        let page = get(&format!("/c/{code}"), host).await.text().await.unwrap();
        let address = format!("HTTP://{}/C/{code}", host.to_uppercase());
        assert_eq!(scanned(&page), address);
        assert!(page.contains(&format!(">http://{host}/c/{code}<")), "{page}");
    }
    let led = get(&format!("/C/{code}"), "one.example").await;
    assert_eq!(led.headers()["location"], format!("/c/{code}"));
    // A host that the alphanumeric mode cannot write makes a larger symbol.
    let page = get(&format!("/c/{code}"), "[2001:db8::1]").await.text().await.unwrap();
    assert_eq!(scanned(&page), format!("HTTP://[2001:DB8::1]/C/{code}"));
}
