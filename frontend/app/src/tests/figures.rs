//! The public figures of a portal that has some, of a service that has few, and of none.

use domain::{
    figures::{Figures, Handled, Window},
    service::services,
    working_days::working_days,
};
use jiff::civil::{Date, date};

use super::render::Page;

/// Figures of the day before 30 November 2026: some of the shortest window, none in the longest.
pub fn of(window: Window) -> Figures {
    let day = |month, day| date(2026, month, day);
    let some = |item: &str, count: u32, decided: Option<Date>| Handled {
        item: item.into(),
        received: day(11, 2),
        begun: Some(day(11, 3)),
        decided,
        withdrawn: None,
        stars: decided.map(|_| 4),
        count,
    };
    let rows = [
        some("data-correction", 43, Some(day(11, 10))),
        some("data-correction", 12, None),
        some("hazard-zone", 7, None),
    ];
    let rows = if window == Window::Year { &rows[..0] } else { &rows[..] };
    Figures::of(rows, window, day(11, 30), services(), working_days())
}

#[tokio::test]
async fn s12_the_page_of_figures_tells_no_small_count_and_is_never_silent() {
    let html = Page::at("/figures").html().await;
    for part in ["55</td>", "40</td>", "少于10", "至少", "95", "2026年10月31日", "aria-current"]
    {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("7</td>"), "{html}");
    let none = Page::at("/figures?days=365").html().await;
    assert!(none.contains("没有可以公布的数字") && !none.contains("<table"), "{none}");
}
