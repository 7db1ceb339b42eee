//! The pages of labels.

use super::*;

#[tokio::test]
async fn a_label_that_is_not_to_be_trusted_is_an_alarm_and_a_genuine_one_is_calm() {
    for (path, alarm) in [
        ("/l/nonsense", true),
        ("/l/WITHDRAWN", true),
        ("/l/WITHDRAWN-HOME", true),
        ("/?q=https%3A%2F%2Fevil.example%2F", true),
        ("/l/PLACE", false),
        ("/l/HOME", false),
    ] {
        for (locale, word) in [(Locale::Zh, "警告"), (Locale::En, "Warning")] {
            let html = Page { locale, ..Page::at(path) }.html().await;
            assert_eq!(html.contains("class=\"alarm\""), alarm, "{path}");
            if alarm {
                let inside = html.split("class=\"alarm\"").nth(1).unwrap();
                let inside = inside.split("</section>").next().unwrap();
                assert!(inside.contains(word) && inside.contains("<svg"), "{path}: {inside}");
                assert!(inside.contains("<h1>"), "{path}");
            } else {
                let before = html.split("<h1").next().unwrap();
                assert_eq!(before.matches("class=\"banner ").count(), 1, "{path}: {before}");
            }
        }
    }
}

#[tokio::test]
async fn q3_a_genuine_label_shows_code_issuer_data_date_and_that_the_register_prevails() {
    let html = Page::at("/l/PLACE").html().await;
    for words in [
        "标签真实有效",
        "由德清县自然资源和规划局于2026年11月20日签发，标签编号 0000042。",
        "330521",
        "GB00011",
        "2026年11月1日",
        "以不动产登记簿的记载为准",
        "id=\"services\"",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
}

#[tokio::test]
async fn q1_p7_a_homes_label_never_shows_its_code_and_lists_no_household() {
    for path in ["/l/HOME", "/l/WITHDRAWN-HOME"] {
        for locale in Locale::ALL {
            let html = Page { locale, ..Page::at(path) }.html().await;
            let plain: String = html.chars().filter(|c| !c.is_whitespace()).collect();
            assert!(!plain.contains("F00010003") && !plain.contains(UNIT), "{path}");
            assert_eq!(html.contains("F0001****"), path == "/l/HOME", "{path}");
        }
    }
}

#[tokio::test]
async fn q2_a_withdrawn_label_says_when_and_why() {
    let html = Page::at("/l/WITHDRAWN").html().await;
    assert!(html.contains("2026年11月21日作废。原因：&lt;b&gt;标牌遗失&lt;/b&gt;"), "{html}");
    assert!(html.contains(&format!("href=\"/c/{CODE}\"")));
    let home = Page::at("/l/WITHDRAWN-HOME").html().await;
    assert!(!home.contains("330521001002GB"), "where the home is stays unsaid");
}

#[tokio::test]
async fn q2_a_label_that_is_not_ours_gets_the_official_address_and_no_echo() {
    let html = Page::at("/l/330521001002GB00011-A-0000001-0000000000000000").html().await;
    assert!(html.contains("此标签不是本平台签发的"));
    assert!(html.contains(">127.0.0.1:3000</a>"), "{html}");
    let main = html.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
    assert!(!main.contains("GB00011"), "repeats what a forger chose");
}
