//! Routes that know their own list: a test can ask every one of them, also those added tomorrow.

use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{MethodRouter, any, any_service, get, post},
};

use crate::state::AppState;

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Its method; `None` for any.
    pub method: Option<Method>,
    /// Its path, parameters in braces.
    pub path: &'static str,
}

/// A router together with what it routes. The only way to add a route: elsewhere
/// `axum::Router::route` is forbidden, or the canary test (rule P2) would not ask it.
pub struct Routes {
    router: Router<AppState>,
    known: Vec<Route>,
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Routes").field("known", &self.known).finish_non_exhaustive()
    }
}

impl Default for Routes {
    fn default() -> Self {
        Self::new()
    }
}

impl Routes {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self { router: Router::new(), known: Vec::new() }
    }

    /// Answers GET, and HEAD with it.
    #[must_use]
    pub fn get<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.with(Some(Method::GET), path, get(handler))
    }

    /// Answers POST.
    #[must_use]
    pub fn post<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.with(Some(Method::POST), path, post(handler))
    }

    /// Answers any method.
    #[must_use]
    pub fn any<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.with(None, path, any(handler))
    }

    /// Answers any method with a service, e.g. a file.
    #[must_use]
    pub fn service<S>(self, path: &'static str, service: S) -> Self
    where
        S: tower::Service<axum::extract::Request, Error = std::convert::Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Response: axum::response::IntoResponse,
        S::Future: Send + 'static,
    {
        self.with(None, path, any_service(service))
    }

    #[expect(clippy::disallowed_methods, reason = "here the route is written down")]
    fn with(
        mut self,
        method: Option<Method>,
        path: &'static str,
        handler: MethodRouter<AppState>,
    ) -> Self {
        self.router = self.router.route(path, handler);
        self.known.push(Route { method, path });
        self
    }

    /// These and those of another list.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.known.extend(other.known);
        self
    }

    /// The same routes behind something, e.g. a layer.
    #[must_use]
    pub fn behind(self, change: impl FnOnce(Router<AppState>) -> Router<AppState>) -> Self {
        Self { router: change(self.router), known: self.known }
    }

    /// The router alone, and the list of its routes.
    pub fn into_parts(self) -> (Router<AppState>, Vec<Route>) {
        (self.router, self.known)
    }
}
