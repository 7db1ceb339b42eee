//! The frame of every page.

use domain::address;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    ParamSegment, SsrMode, StaticSegment,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    components::{CounterScanner, Footer, Header, SkipLink, TabBar},
    context::ErrorPage,
    current,
    pages::{
        AboutPage, AccessibilityPage, CorrectPage, DataPage, DeletePage, ErrorView, HelpPage,
        HomePage, LabelPage, NewRequestPage, PlacePage, PolicyPage, PrivacyPage, RequestPage,
        RequestsPage, ServicePage, ServicesPage, WithdrawPage,
    },
};

/// The document around the pages.
pub fn shell(options: LeptosOptions) -> impl IntoView {
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
                <HydrationScripts options islands=true />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Every page. When the server has provided an [`ErrorPage`], that page instead of the route.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <SkipLink />
            <Header />
            <CounterScanner />
            <main id="main" class="page" tabindex="-1">
                <Content />
            </main>
            <Footer />
            <TabBar />
        </Router>
    }
}

/// Made inside the router, whose context the routes need.
#[component]
fn Content() -> impl IntoView {
    match use_context::<ErrorPage>() {
        Some(error) => view! { <ErrorView error /> }.into_any(),
        None => view! { <Pages /> }.into_any(),
    }
}

#[component]
fn Pages() -> impl IntoView {
    let not_found = || view! { <ErrorView error=ErrorPage::NotFound /> };
    view! {
        <FlatRoutes fallback=not_found>
            <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
            <Route path=(StaticSegment(address::PLACE), ParamSegment("code")) view=PlacePage ssr=SsrMode::Async />
            <Route path=(StaticSegment(address::PLACE), ParamSegment("code"), StaticSegment("requests"), StaticSegment("new")) view=NewRequestPage ssr=SsrMode::Async />
            <Route path=(StaticSegment(address::LABEL), ParamSegment("label")) view=LabelPage ssr=SsrMode::Async />
            <Route path=path!("/services") view=ServicesPage ssr=SsrMode::Async />
            <Route path=path!("/services/:item") view=ServicePage ssr=SsrMode::Async />
            <Route path=path!("/requests") view=RequestsPage ssr=SsrMode::Async />
            <Route path=path!("/requests/:number") view=RequestPage ssr=SsrMode::Async />
            <Route path=path!("/requests/:number/data") view=DataPage ssr=SsrMode::Async />
            <Route path=path!("/requests/:number/correct") view=CorrectPage ssr=SsrMode::Async />
            <Route path=path!("/requests/:number/withdraw") view=WithdrawPage ssr=SsrMode::Async />
            <Route path=path!("/requests/:number/delete") view=DeletePage ssr=SsrMode::Async />
            <Route path=path!("/policy") view=PolicyPage ssr=SsrMode::Async />
            <Route path=path!("/privacy") view=PrivacyPage ssr=SsrMode::Async />
            <Route path=path!("/accessibility") view=AccessibilityPage ssr=SsrMode::Async />
            <Route path=path!("/help") view=HelpPage ssr=SsrMode::Async />
            <Route path=path!("/about") view=AboutPage ssr=SsrMode::Async />
        </FlatRoutes>
    }
}
