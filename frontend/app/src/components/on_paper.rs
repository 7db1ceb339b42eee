//! What stands on a printed page and on no screen: where it came from, and when.

use domain::LandCode;
use leptos::prelude::*;

use crate::{context::QrSymbol, current, format, urls};

/// Light modules around a symbol (ISO/IEC 18004).
const QUIET_ZONE: u32 = 4;

/// The address of a place's page, as a symbol to scan and in letters, and the day it was made: whoever
/// holds the paper sees how old it is and finds what is known now.
#[component]
pub fn PlaceOnPaper(
    /// The place.
    code: LandCode,
) -> AnyView {
    let words = current::words();
    let page = current::page();
    let address = urls::absolute(page.tls, &page.host, &urls::place(&code));
    // In capitals it is a smaller symbol (rule Q1).
    if page.host.is_empty() {
        // Asked by a program that did not say where: an address of nowhere helps nobody.
        return ().into_any();
    }
    let symbol = current::qr(&address.to_uppercase()).map(symbol);
    let day = format::date(words.0, page.today);
    view! {
        <div class="on-paper print-only">
            {symbol}
            <p>
                <span class="on-paper-address" translate="no">{address}</span>
                <br />
                {words.fill("paper_day", &[("date", &day)])}
            </p>
        </div>
    }
    .into_any()
}

/// A symbol to scan, with the light modules around it.
pub fn symbol(QrSymbol { side, path }: QrSymbol) -> AnyView {
    let whole = side + 2 * QUIET_ZONE;
    view! {
        <svg class="on-paper-symbol" viewBox=format!("-{QUIET_ZONE} -{QUIET_ZONE} {whole} {whole}") aria-hidden="true">
            <path d=path />
        </svg>
    }
    .into_any()
}
