//! A notice as a document: A4, tagged, in the same words as its page.

use domain::{Locale, request::outcome_document};
use paper::{Attached, Block, Ink, Item, Paper};
use serde_json::json;
use service_api::{Portal, RequestView};

use super::notice::notice;
use crate::words::Words;

/// The document of the notice of an event; `None` where that event said no outcome. The same event gives the same bytes.
#[must_use]
pub fn outcome_paper(
    locale: Locale,
    portal: &dyn Portal,
    request: &RequestView,
    event: u32,
) -> Option<Paper> {
    let words = Words(locale);
    let notice = notice(locale, portal, request, event)?;
    let document = outcome_document(&request.number, &request.events, event)?;
    let data = json!({
        "format": "jianma-notice",
        "notice": notice.number,
        "request": request.number,
        "at": document.event.at,
        "department": document.department(),
        "outcome": document.outcome,
        "note": document.event.note,
        "event": document.event.hash,
    });
    let mut blocks = vec![Block::Title(notice.title.clone())];
    blocks.extend(notice.binding.map(Block::Quiet));
    blocks.push(Block::Terms(notice.rows));
    blocks.push(Block::Text(notice.says));
    if let Some((heading, materials)) = notice.missing {
        let item = |text| Item { text, source: String::new() };
        blocks.push(Block::Heading(heading));
        blocks.push(Block::List(materials.into_iter().map(item).collect()));
    }
    match notice.deadline {
        Some(sentence) => {
            blocks.push(Block::Answer { sentence, rest: notice.then, ink: Ink::Caution });
        }
        None => blocks.extend(notice.then.into_iter().map(Block::Text)),
    }
    for (heading, text) in notice.reasons.into_iter().chain(notice.note) {
        blocks.push(Block::Heading(heading));
        blocks.extend(text.lines().map(|line| Block::Text(line.to_owned())));
    }
    if let Some((heading, lines)) = notice.remedy {
        blocks.push(Block::Heading(heading));
        blocks.extend(lines.into_iter().map(Block::Text));
    }
    if let Some([within, about]) = notice.seal {
        let beside = vec![notice.office.clone(), notice.date.clone()];
        blocks.push(Block::Seal { within, beside, about });
    }
    blocks.push(Block::Quiet(notice.basis));
    let footer = [("number", notice.number.as_str()), ("date", &notice.date)];
    Some(Paper {
        title: format!("{} {}", notice.title, notice.number),
        language: match locale {
            Locale::Zh => "zh-CN",
            Locale::En => "en",
        },
        publisher: notice.office,
        made: document.event.at,
        blocks,
        footer: words.fill("outcome_footer", &footer),
        attached: Attached {
            name: format!("{}.notice.json", notice.number),
            about: words.t("outcome_attached").to_owned(),
            text: data.to_string(),
        },
    })
}
