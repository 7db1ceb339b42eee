//! A page as the server renders it.

use std::sync::Arc;

use any_spawner::Executor;
use domain::{LandCode, Locale, Localized, code::Strictness, viewer::Viewer};
use futures::StreamExt;
use hydration_context::SsrSharedContext;
use leptos::{config::LeptosOptions, prelude::*};
use leptos_meta::ServerMetaContext;
use leptos_router::location::{RequestUrl, Url};

use super::fixtures::Fake;
use crate::{
    context::{
        Assets, ErrorPage, FormReturn, FormToken, OpenFault, Operator, PageContext, ReceiptSecret,
    },
    found::{Found, HandedOver},
    shell,
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
    pub open_fault: Option<OpenFault>,
    pub receipt: Option<ReceiptSecret>,
}

impl Page {
    pub fn at(path: &str) -> Self {
        Self { path: path.to_owned(), ..Self::default() }
    }

    fn context(&self) -> PageContext {
        let assets = [
            ("app.css", "/style/main.css"),
            ("scan-worker.js", "/pkg/scan-worker.js"),
            ("map-bridge.mjs", "/pkg/map-bridge.mjs"),
        ];
        PageContext {
            locale: self.locale,
            elder: self.elder,
            today: self.today.unwrap_or_else(|| "2026-11-28".parse().unwrap()),
            path: self.path.clone(),
            host: "127.0.0.1:3000".into(),
            assets: Assets(assets.map(|(name, url)| (name.into(), url.into())).into()),
            operator: Operator {
                name: Localized::new(
                    "浙江省自然资源厅",
                    "Department of Natural Resources of Zhejiang",
                ),
                contact: Localized::new("电话 0571-12345", "Phone 0571-12345"),
                site_id: Some("3300000001".into()),
                record_number: Some("浙ICP备00000000号".into()),
            },
            request_id: "r-1".into(),
        }
    }

    fn provide(&self, found: Option<Found>, error: Option<ErrorPage>) {
        provide_context(RequestUrl::new(&self.path));
        provide_context(self.context());
        provide_context::<Arc<dyn Portal>>(Arc::new(self.fake.clone()));
        provide_context(FormToken("token-1".into()));
        if let Some(error) = error {
            provide_context(error);
        }
        if let Some(found) = found {
            provide_context(HandedOver::new(found));
        }
        if let Some(form) = &self.form {
            provide_context(form.clone());
        }
        if let Some(fault) = &self.open_fault {
            provide_context(fault.clone());
        }
        if let Some(receipt) = &self.receipt {
            provide_context(receipt.clone());
        }
    }

    /// What the server finds for this address before it draws the page.
    async fn found(&self) -> Result<Option<Found>, Refusal> {
        let fake = &self.fake;
        let visit = Visit {
            viewer: Viewer::public(),
            client: ClientAddress(std::net::IpAddr::from([192, 0, 2, 1])),
        };
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let mut parts = path.trim_start_matches('/').split('/');
        Ok(Some(match (parts.next(), parts.next(), query.strip_prefix("q=")) {
            (Some("c"), Some(written), _) => {
                let read = LandCode::parse(written, Strictness::LookUp);
                Found::at(fake, &visit, written.to_owned(), read).await?
            }
            (Some("l"), Some(text), _) => Found::Label(fake.label(&visit, text, "").await?),
            (Some(""), None, Some(words)) => {
                let (words, page) = words.split_once("&page=").unwrap_or((words, "1"));
                let (words, page) = (Url::unescape(words), page.parse().unwrap());
                Found::by_words(fake, &visit, &words, page, "127.0.0.1:3000").await?
            }
            _ => return Ok(None),
        }))
    }

    /// The whole document.
    pub async fn html(&self) -> String {
        let found = self.found().await;
        let error = self.error.or(found.is_err().then_some(ErrorPage::Unavailable));
        // Another test may have been first.
        let _ = Executor::init_tokio();
        let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
        let (meta, output) = ServerMetaContext::new();
        let body = owner.with(|| {
            provide_context(meta);
            self.provide(found.ok().flatten(), error);
            let options = LeptosOptions::builder().output_name("app").build();
            shell(options).to_html_stream_in_order()
        });
        let body = body.collect::<String>().await;
        let whole = Box::pin(futures::stream::once(async move { body }));
        output.inject_meta_context(whole).await.collect().await
    }
}
