//! Routes that know what they are: declared once, read by what stands before handlers, and all asked
//! by a test, also those added tomorrow.

use std::{borrow::Cow, collections::HashMap};

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
};

use crate::limits::Kind;

/// Who asks at a route, and so how it says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A person: with a page.
    Person,
    /// A program: with a problem (RFC 9457).
    Program,
}

/// What a route is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteInfo {
    /// Who asks there.
    pub audience: Audience,
    /// What it counts as.
    pub kind: Kind,
    /// The first word of its path, which alone is logged: the rest may tell who somebody is (rule
    /// P9).
    pub area: &'static str,
    /// Whether its answers are compressed. Not where one carries a receipt's secret: the length of a
    /// compressed answer tells of what is in it.
    pub compressed: bool,
}

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Its method; `None` for any.
    pub method: Option<Method>,
    /// Its path, parameters in braces.
    pub path: Cow<'static, str>,
    /// What it is.
    pub info: RouteInfo,
}

/// What each route is, by its path, for what stands before handlers.
#[derive(Clone, Debug)]
pub struct RouteTable(HashMap<Cow<'static, str>, Vec<Route>>);

impl RouteTable {
    /// The table of these routes.
    #[must_use]
    pub fn new(routes: Vec<Route>) -> Self {
        let mut table = HashMap::<_, Vec<_>>::new();
        for route in routes {
            table.entry(route.path.clone()).or_default().push(route);
        }
        Self(table)
    }

    /// What the route of a request is: of its method, or where it has none of that method, of
    /// another; what no route knows is a page that is not there.
    #[must_use]
    pub fn find(&self, request: &Request) -> RouteInfo {
        let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
        let method = match *request.method() {
            Method::HEAD => &Method::GET,
            ref method => method,
        };
        let routes = self.0.get(path).map(Vec::as_slice).unwrap_or_default();
        let own = routes.iter().find(|route| route.method.as_ref().is_none_or(|m| m == method));
        own.or(routes.first()).map_or_else(
            || RouteInfo {
                audience: Audience::Person,
                kind: if method.is_safe() { Kind::Page } else { Kind::Form },
                area: "other",
                compressed: true,
            },
            |route| route.info,
        )
    }
}
