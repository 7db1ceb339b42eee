//! A page as the server renders it.

use std::sync::Arc;

use any_spawner::Executor;
use domain::{LandCode, Locale, Localized, address, code::Strictness, viewer::Viewer};
use futures::{StreamExt, stream::BoxStream};
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use leptos_meta::ServerMetaContext;
use leptos_router::location::{RequestUrl, Url};

use super::fixtures::Fake;
use crate::{
    context::{
        Assets, CorrectionOffered, DraftShown, ErrorPage, FormReturn, FormToken, InOneGo,
        OpenFault, OpenTyped, Operator, PageContext, QrEncoder, QrSymbol, ReceiptSecret,
    },
    found::{Asked, Found, HandedOver},
    outlines::OutlineQuestion,
    shell,
    site_search::SearchQuestion,
    sites::{Question, Typed},
};
use service_api::{ClientAddress, Portal, Refusal, Visit};

/// A page to render.
#[derive(Clone, Default)]
pub struct Page {
    pub path: String,
    pub locale: Locale,
    pub elder: bool,
    pub today: Option<jiff::civil::Date>,
    pub fake: Fake,
    pub error: Option<ErrorPage>,
    pub form: Option<FormReturn>,
    pub draft: Option<DraftShown>,
    pub open_fault: Option<OpenFault>,
    pub open_typed: Option<OpenTyped>,
    pub correction: bool,
    pub receipt: Option<ReceiptSecret>,
    /// What a form that was sent was answered with.
    pub answered: Option<Found>,
}

impl Page {
    pub fn at(path: &str) -> Self {
        Self { path: path.to_owned(), ..Self::default() }
    }

    fn context(&self) -> PageContext {
        let assets = [
            ("app.css", "/style/main.css"),
            ("start.js", "/pkg/start.js"),
            ("start-home.js", "/pkg/start-home.js"),
            ("start-draw.js", "/pkg/start-draw.js"),
            ("scan-worker.js", "/pkg/scan-worker.js"),
            ("map-bridge.mjs", "/pkg/map-bridge.mjs"),
        ];
        PageContext {
            locale: self.locale,
            elder: self.elder,
            today: self.today.unwrap_or_else(|| "2026-11-28".parse().unwrap()),
            path: self.path.clone(),
            host: "127.0.0.1:3000".into(),
            tls: false,
            assets: Assets::new(assets.map(|(name, url)| (name.into(), url.into())).into()),
            operator: Arc::new(Operator {
                name: Localized::new(
                    "浙江省自然资源厅",
                    "Department of Natural Resources of Zhejiang",
                ),
                contact: Localized::new("电话 0571-12345", "Phone 0571-12345"),
                site_id: Some("3300000001".into()),
                record_number: Some("浙ICP备00000000号".into()),
            }),
            request_id: "r-1".into(),
        }
    }

    fn provide(&self, found: Option<Found>, error: Option<ErrorPage>) {
        provide_context(RequestUrl::new(&self.path));
        provide_context(self.context());
        provide_context::<Arc<dyn Portal>>(Arc::new(self.fake.clone()));
        provide_context(FormToken("token-1".into()));
        // Says what it was made of.
        provide_context(QrEncoder(|text| Some(QrSymbol { side: 21, path: text.to_owned() })));
        if let Some(error) = error {
            provide_context(error);
        }
        if let Some(found) = found {
            provide_context(HandedOver::new(found));
        }
        if let Some(form) = &self.form {
            provide_context(form.clone());
        }
        if let Some(draft) = &self.draft {
            provide_context(draft.clone());
        }
        if let Some(fault) = &self.open_fault {
            provide_context(fault.clone());
        }
        if let Some(typed) = &self.open_typed {
            provide_context(typed.clone());
        }
        if self.correction {
            provide_context(CorrectionOffered);
        }
        if let Some(receipt) = &self.receipt {
            provide_context(receipt.clone());
        }
    }

    /// What the address asks the portal for.
    fn asked(&self) -> Option<Asked> {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        if let Some(below) = address::below(address::PLACE, path) {
            let written = below.split('/').next()?.to_owned();
            let read = LandCode::parse(&written, Strictness::LookUp);
            return Some(Asked::Place { written, read });
        }
        if let Some(text) = address::below(address::LABEL, path) {
            return Some(Asked::Label(text.to_owned()));
        }
        if path == crate::urls::SITES {
            let typed = Typed::read(query);
            let question = Question::read(typed, self.fake.rule_sets(), "127.0.0.1:3000");
            return Some(Asked::Sites(Box::new(question)));
        }
        if path == crate::urls::SITE_SEARCH {
            let question = SearchQuestion::read(query, self.fake.rule_sets());
            return Some(Asked::SiteSearch(Box::new(question)));
        }
        if path == crate::urls::OUTLINE {
            // As if the form had brought it.
            let fields: Vec<_> =
                url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            let sets = self.fake.rule_sets();
            let question = match &fields[..] {
                [] => OutlineQuestion::empty(sets),
                fields => OutlineQuestion::read(fields, None, sets),
            };
            return Some(Asked::Outline(Box::new(question)));
        }
        let words = query.strip_prefix("q=")?;
        let (words, page) = words.split_once("&page=").unwrap_or((words, "1"));
        Some(Asked::Words { words: Url::unescape(words), page: page.parse().unwrap() })
    }

    /// What is found before the page is drawn.
    async fn found(&self) -> Result<Option<Found>, Refusal> {
        if let Some(answered) = &self.answered {
            return Ok(Some(answered.clone()));
        }
        let Some(asked) = self.asked() else { return Ok(None) };
        let visit = Visit {
            viewer: Viewer::public(),
            client: ClientAddress(std::net::IpAddr::from([192, 0, 2, 1])),
            key: None,
            epoch: None,
        };
        asked.find(&self.fake, &visit, &self.context().host).await.map(Some)
    }

    /// The whole document, as it is drawn when parts of it may come later.
    pub async fn html(&self) -> String {
        self.drawn(|| shell().to_html_stream_in_order().boxed()).await
    }

    /// The same drawn in one go.
    pub async fn in_one_go(&self) -> String {
        let draw = || {
            provide_context(InOneGo);
            let html = shell().to_html();
            futures::stream::once(async move { html }).boxed()
        };
        self.drawn(draw).await
    }

    async fn drawn(&self, draw: impl FnOnce() -> BoxStream<'static, String>) -> String {
        let found = self.found().await;
        let error = self.error.or(found.is_err().then_some(ErrorPage::Unavailable));
        // Another test may have been first.
        let _ = Executor::init_tokio();
        let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
        let (meta, output) = ServerMetaContext::new();
        let body = owner.with(|| {
            provide_context(meta);
            self.provide(found.ok().flatten(), error);
            draw()
        });
        let body = body.collect::<String>().await;
        let whole = Box::pin(futures::stream::once(async move { body }));
        output.inject_meta_context(whole).await.collect().await
    }
}
