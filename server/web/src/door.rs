//! The door: what every request passes, in one step. Whether it is a request at all, who asks, whether
//! they ask too often, and from where. What is kept is answered here; all else goes on to the routes.
//! On the way out every answer alike is counted, logged and given its headers.

use std::{
    convert::Infallible, net::SocketAddr, panic::AssertUnwindSafe, sync::Arc, time::Instant,
};

use axum::{
    BoxError, Router,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request},
    http::{HeaderValue, Method, Request as HttpRequest, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use domain::{
    LandCode,
    code::Strictness,
    viewer::{Tier, Viewer},
};
use futures_util::FutureExt as _;
use service_api::{ClientAddress, Visit};
use tower::{ServiceBuilder, ServiceExt as _, service_fn, util::BoxCloneSyncService};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    api_keys::Holder,
    client,
    limits::{Hand, Kind},
    not_ready::NotReady,
    place_answers,
    rest::operations,
    route::{AtDoor, Found, RouteInfo},
    security::{
        arrival,
        caller::{Caller, Stopped},
        fault::fault,
        headers, keyed, origin, recognise, refusal,
        visitor::{AddressedCode, Visitor},
    },
    security_event::Event,
    state::AppState,
};

/// What stands before every route.
#[derive(Clone)]
pub struct Door {
    state: AppState,
    inside: BoxCloneSyncService<Request, Response, Infallible>,
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Door").field("state", &self.state).finish_non_exhaustive()
    }
}

impl Door {
    /// A door before these routes.
    #[must_use]
    pub fn new(state: AppState, routes: Router) -> Self {
        let shared = state.clone();
        let within = move |mut request: Request| {
            let (state, routes) = (shared.clone(), routes.clone());
            async move {
                let stopped = request.extensions_mut().remove::<Stopped>();
                Ok::<_, Infallible>(match stopped {
                    Some(stopped) => refusal::stopped(&state, request, stopped).await,
                    None => arrival::arrive(&state, request, routes).await,
                })
            }
        };
        let inside = ServiceBuilder::new()
            .map_response(|response: axum::http::Response<_>| response.map(Body::new))
            .layer(CatchPanicLayer::new())
            .service(service_fn(within));
        Self { state, inside: BoxCloneSyncService::new(inside) }
    }

    /// Answers a request that came from `peer`.
    pub async fn answer<B>(&self, peer: SocketAddr, request: HttpRequest<B>) -> Response
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let arrived = Instant::now();
        let state = &self.state;
        let (head, body) = request.into_parts();
        let Found { info: route, last } = state.routes.find(&head.method, &head.uri, &head.headers);
        let trusted = &state.settings.site.trusted_proxies;
        let client = ClientAddress::of(client::behind(Some(peer.ip()), &head.headers, trusted));
        let id = state.ids.draw();
        let caller = Caller { peer, client, route, id: &id };
        let (mut admitted, mut code, mut holder) = (Err(Stopped::Broken), None, None);
        let at_once = AssertUnwindSafe(async {
            admitted = admit(state, &head, caller, &mut holder).await.map(|viewer| {
                let key = holder.as_deref().map(Holder::told);
                let visit = Visit { viewer, client, key, epoch: None };
                Visitor { visit, id: id.clone() }
            });
            match &mut admitted {
                Ok(visitor) => self.at_once(&head, (route, last), visitor, &mut code).await,
                Err(_) => None,
            }
        });
        let at_once = at_once.catch_unwind().await.unwrap_or_else(|_panic| {
            admitted = Err(Stopped::Broken);
            None
        });
        let personal =
            admitted.as_ref().is_ok_and(|visitor| visitor.visit.viewer.tier != Tier::Public);
        let method = head.method.clone();
        let mut response = match at_once {
            Some(response) => response,
            None => {
                let mut request = Request::from_parts(head, Body::new(body));
                if let Some(code) = code {
                    request.extensions_mut().insert::<AddressedCode>(code);
                }
                self.ask(request, caller, admitted).await
            }
        };
        if personal {
            // What one person may see must not be kept for another.
            let value = HeaderValue::from_static("no-store");
            response.headers_mut().insert(header::CACHE_CONTROL, value);
        }
        if let Some(holder) = holder {
            holder.tell(response.headers_mut());
        }
        headers::secure(state, response.headers_mut(), &id);
        state.metrics.answered(route.kind, response.status(), arrived.elapsed());
        log(&method, caller, &response);
        response
    }

    /// What needs no route. The code that was read on the way goes on to the routes.
    async fn at_once(
        &self,
        head: &Parts,
        (route, last): (RouteInfo, &str),
        visitor: &mut Visitor,
        code: &mut Option<AddressedCode>,
    ) -> Option<Response> {
        match route.at_door {
            // Of the answer to HEAD the connection leaves the body out.
            _ if !matches!(head.method, Method::GET | Method::HEAD) => None,
            AtDoor::Nothing => None,
            AtDoor::Alive => Some(operations::healthz().await.into_response()),
            // It stands there in other letters than it has: nothing is kept under it.
            AtDoor::Kept(_) if last.contains('%') => None,
            AtDoor::Kept(kind) => {
                let read = LandCode::parse(last, Strictness::LookUp);
                let kept =
                    place_answers::kept(&self.state, head, (kind, (last, &read)), visitor).await;
                if kept.is_none() {
                    *code = Some(AddressedCode { written: last.to_owned(), read });
                }
                kept
            }
        }
    }

    /// Asks the routes, which are told who asks; or has it said why not.
    async fn ask(
        &self,
        mut request: Request,
        caller: Caller<'_>,
        admitted: Result<Visitor, Stopped>,
    ) -> Response {
        let extensions = request.extensions_mut();
        extensions.insert(ConnectInfo(caller.peer));
        extensions.insert(caller.client);
        extensions.insert(caller.route);
        extensions.insert(caller.id.clone());
        match admitted {
            Ok(visitor) => extensions.insert(visitor).map(drop),
            Err(stopped) => extensions.insert(stopped).map(drop),
        };
        let Ok(response) = self.inside.clone().oneshot(request).await;
        response
    }
}

/// Lets a request in, or says why not; also whose key it brings.
async fn admit(
    state: &AppState,
    head: &Parts,
    caller: Caller<'_>,
    holder: &mut Option<Arc<Holder>>,
) -> Result<Viewer, Stopped> {
    let Caller { client, route: RouteInfo { kind, .. }, .. } = caller;
    if let Some(status) = fault(head) {
        caller.note(state, Event::MisframedRequest);
        return Err(Stopped::Malformed(status));
    }
    *holder = keyed::recognise(state, &head.headers, caller).await?;
    let counted = if let Some(holder) = holder {
        holder.count(&state.metrics)
    } else if recognise::is_asked(state, &head.headers) {
        state.limits.proof(client)
    } else {
        state.limits.visitor(kind, Hand::of(client, &head.headers))
    };
    counted.map_err(|retry_after| {
        state.metrics.limit_hit(if holder.is_some() { "api_key" } else { kind.name() });
        caller.note(state, Event::TooOften);
        Stopped::TooOften(retry_after)
    })?;
    let viewer = recognise::viewer(state, &head.headers, caller)?;
    origin::same_site(state, head, caller)?;
    Ok(viewer)
}

fn log(method: &Method, caller: Caller<'_>, response: &Response) {
    let Caller { route: RouteInfo { kind, area, .. }, id, .. } = caller;
    let status = response.status();
    let (id, code) = (&*id.0, status.as_u16());
    let not_ready = response.extensions().get::<NotReady>().is_some();
    // A watchdog is told as often as it asks; that it changed is logged once.
    if status.is_server_error() && kind != Kind::Operations && !not_ready {
        tracing::error!(request.id = id, http.method = %method, http.area = area, http.status = code, "answered with an error");
    } else {
        tracing::debug!(request.id = id, http.method = %method, http.area = area, http.status = code, "answered");
    }
}
