//! The frame of every page.

use domain::address;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    ParamSegment, SsrMode, StaticSegment,
    components::{FlatRoutes, Route, Router},
    location::RequestUrl,
};

use crate::{
    components::{AtHand, CounterScanner, Footer, Header, SkipLink},
    context::ErrorPage,
    current,
    hall::HallPage,
    pages::{
        AboutPage, AccessibilityPage, AskOfficesPage, CorrectPage, DataPage, DeletePage,
        DraftsPage, ErrorView, FiguresPage, HallHead, HallView, HelpPage, HomePage, LabelPage,
        LawsPage, NewRequestPage, NoticeLinkPage, NoticesPage, OutcomePage, OutlinePage, PlacePage,
        PolicyPage, PrivacyPage, RatePage, ReopenPage, RequestPage, RequestsPage, ScenePage,
        ServicePage, ServicesPage, SiteSearchPage, SitesPage, StaffView, VerifyPage, WithdrawPage,
    },
    staff::StaffPage,
    urls::{self, Right},
};

/// The document around the pages.
pub fn shell() -> impl IntoView {
    let page = current::page();
    let styles = page.assets.url("app.css").to_owned();
    view! {
        <!DOCTYPE html>
        <html lang=page.locale.tag() data-elder=page.elder>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#10181b" media="(prefers-color-scheme: dark)" />
                // Phones would underline the digits of a code as a number to call.
                <meta name="format-detection" content="telephone=no" />
                <link rel="stylesheet" href=styles />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <StartScripts />
                <HallHead />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// What wakes the islands: a file, for the content security policy lets no script of a page run.
#[component]
fn StartScripts() -> impl IntoView {
    // Only what is in an island wakes.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let assets = current::page().assets;
    let url = |name: &str| assets.url(name).to_owned();
    let [script, wasm, start] = if has_scanner() {
        ["home.js", "home.wasm", "start-home.js"]
    } else if is_of_outlines() {
        ["draw.js", "draw.wasm", "start-draw.js"]
    } else {
        ["app.js", "app.wasm", "start.js"]
    };
    view! {
        <link rel="modulepreload" href=url(script) />
        <link rel="preload" href=url(wasm) r#as="fetch" r#type="application/wasm" crossorigin="" />
        <script type="module" src=url(start)></script>
    }
}

/// Whether this is home with its scanner: home without words to be searched for.
fn has_scanner() -> bool {
    let url = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    url.is_some_and(|url| {
        let words = url.search_params().get("q").unwrap_or_default();
        url.path() == urls::HOME && words.trim().is_empty()
    })
}

/// Whether this page asks about ground that somebody draws.
fn is_of_outlines() -> bool {
    let url = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    url.is_some_and(|url| url.path() == urls::OUTLINE)
}

/// Every page. When the server has provided an [`ErrorPage`], that page instead of the route.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <SkipLink />
            <Header />
            // At the counter the field for codes takes what a scanner types, and no key leads away.
            {use_context::<StaffPage>().is_none().then(|| view! { <CounterScanner /> })}
            // Shown where the islands do not wake: what is there without them goes on.
            <p class="script-failed" role="alert">{current::words().t("script_failed")}</p>
            <main id="main" class="page" tabindex="-1">
                <AtHand />
                <Content />
            </main>
            <Footer />
        </Router>
    }
}

/// Made inside the router, whose context the routes need.
#[component]
fn Content() -> impl IntoView {
    // Which halls there are the server knows.
    if let (None, Some(page)) = (use_context::<ErrorPage>(), use_context::<HallPage>()) {
        return view! { <HallView page /> }.into_any();
    }
    match (use_context::<ErrorPage>(), use_context::<StaffPage>()) {
        (Some(error), _) => view! { <ErrorView error /> }.into_any(),
        // No address leads there by itself: the server has seen who asks.
        (None, Some(page)) => view! { <StaffView page /> }.into_any(),
        (None, None) => view! { <Pages /> }.into_any(),
    }
}

#[component]
fn Pages() -> impl IntoView {
    let not_found = || view! { <ErrorView error=ErrorPage::NotFound /> };
    view! {
        <FlatRoutes fallback=not_found>
            <Route path=() view=HomePage ssr=SsrMode::Async />
            <Route path=(StaticSegment(address::PLACE), ParamSegment("code")) view=PlacePage ssr=SsrMode::Async />
            <Route path=(StaticSegment(address::PLACE), ParamSegment("code"), StaticSegment(urls::NEW_REQUEST[0]), StaticSegment(urls::NEW_REQUEST[1])) view=NewRequestPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(address::PLACE), ParamSegment("code"), StaticSegment(urls::ASK_OFFICES[0]), StaticSegment(urls::ASK_OFFICES[1])) view=AskOfficesPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(address::LABEL), ParamSegment("label")) view=LabelPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::SCENES), ParamSegment("scene"), ParamSegment("code")) view=ScenePage ssr=SsrMode::Async />
            <Route path=StaticSegment(urls::SERVICES) view=ServicesPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::SERVICES), ParamSegment("item")) view=ServicePage ssr=SsrMode::Async />
            <Route path=StaticSegment(urls::SITES) view=SitesPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::SITES), StaticSegment(urls::SEARCH)) view=SiteSearchPage ssr=SsrMode::Async />
            <Route path=StaticSegment(urls::VERIFY) view=VerifyPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::VERIFY), ParamSegment("stub")) view=VerifyPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::SITES), StaticSegment(urls::OUTLINE_SEGMENT)) view=OutlinePage ssr=SsrMode::Async />
            <Route path=StaticSegment(urls::DRAFTS) view=DraftsPage ssr=SsrMode::Async />
            <Route path=StaticSegment(urls::REQUESTS) view=RequestsPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::REQUESTS), ParamSegment("number")) view=RequestPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::REQUESTS), ParamSegment("number"), StaticSegment(Right::Data.segment())) view=DataPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::REQUESTS), ParamSegment("number"), StaticSegment(Right::Correct.segment())) view=CorrectPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::REQUESTS), ParamSegment("number"), StaticSegment(Right::Withdraw.segment())) view=WithdrawPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::REQUESTS), ParamSegment("number"), StaticSegment(Right::Rate.segment())) view=RatePage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::REQUESTS), ParamSegment("number"), StaticSegment(Right::Reopen.segment())) view=ReopenPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::REQUESTS), ParamSegment("number"), StaticSegment(Right::Delete.segment())) view=DeletePage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::REQUESTS), ParamSegment("number"), StaticSegment(urls::OUTCOMES), ParamSegment("event")) view=OutcomePage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::REQUESTS), ParamSegment("number"), StaticSegment(urls::NOTICES)) view=NoticesPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(urls::REQUESTS), ParamSegment("number"), StaticSegment(urls::NOTICES), ParamSegment("link"), ParamSegment("token")) view=NoticeLinkPage ssr=SsrMode::Async />
            <Route path=StaticSegment(urls::FIGURES) view=FiguresPage ssr=SsrMode::Async />
            <Route path=StaticSegment(urls::POLICY) view=PolicyPage ssr=SsrMode::Async />
            <Route path=StaticSegment(urls::LAWS) view=LawsPage ssr=SsrMode::Async />
            <Route path=StaticSegment(urls::PRIVACY) view=PrivacyPage ssr=SsrMode::Async />
            <Route path=StaticSegment(urls::ACCESSIBILITY) view=AccessibilityPage ssr=SsrMode::Async />
            <Route path=StaticSegment(urls::HELP) view=HelpPage ssr=SsrMode::Async />
            <Route path=StaticSegment(urls::ABOUT) view=AboutPage ssr=SsrMode::Async />
        </FlatRoutes>
    }
}
