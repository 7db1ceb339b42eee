//! The public figures.

use axum::{
    Json,
    extract::{Query, State},
    http::Uri,
    response::{IntoResponse, Response},
};
use domain::{
    Localized,
    figures::{Figures, LEAST, Line, Shown, Window},
    service::service,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use service_api::Reach;
use utoipa::ToSchema;

use super::paths::FIGURES;
use crate::{problem::Problem, state::AppState};

/// Over which days.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FiguresQuery {
    /// The last 30 (unless told), 90 or 365 days.
    days: Option<u16>,
}

/// The public figures of a window. Made once a day of what happened until the day before; requests that were
/// deleted meanwhile are not in them.
#[derive(Debug, Serialize, ToSchema)]
pub struct FiguresView {
    /// How many days.
    days: u16,
    /// The first day, in China.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last day, in China: yesterday. What is open is open at its end.
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// Whether the departments are samples: a demonstration.
    demonstration: bool,
    /// By department.
    departments: Vec<DepartmentFigures>,
}

/// What is said of a department.
#[derive(Debug, Serialize, ToSchema)]
pub struct DepartmentFigures {
    /// Its id; null for services that are not offered any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Its name.
    #[schema(value_type = Option<Object>)]
    name: Option<Localized>,
    /// All of its services: sums of what is told of each.
    all: LineView,
    /// Each of them.
    services: Vec<ServiceFigures>,
}

/// What is said of a service.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceFigures {
    /// Its id.
    id: String,
    /// The working days that the law allows, where it sets a number.
    working_days: Option<u32>,
    /// What is said.
    #[serde(flatten)]
    line: LineView,
}

/// Counts of a window.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineView {
    /// Received in it.
    received: CountView,
    /// Decided or returned in it.
    decided: CountView,
    /// Taken back in it.
    withdrawn: CountView,
    /// Open at its end.
    open: CountView,
    /// Of these past the time that the law allows; null where it sets no number of days.
    overdue: Option<CountView>,
    /// Median of working days from receipt to decision; null for fewer than 10.
    median_working_days: Option<u32>,
    /// Percent of ratings that are one of the three better grades, the lower end of a band of 5; null for
    /// fewer than 10 ratings.
    satisfied_percent_from: Option<u32>,
}

/// A count: `count` (rounded down to a multiple of 5), `fewer_than` 10, or of a sum with such a part
/// `at_least`; none of them where nothing is told.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct CountView {
    /// So many, rounded down to a multiple of 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    /// Fewer than this, none among it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fewer_than: Option<u32>,
    /// So many or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<u32>,
}

impl From<Shown> for CountView {
    fn from(shown: Shown) -> Self {
        let none = Self::default();
        match shown {
            Shown::Few => Self { fewer_than: Some(LEAST), ..none },
            Shown::Count(count) => Self { count: Some(count), ..none },
            Shown::AtLeast(count) => Self { at_least: Some(count), ..none },
            Shown::Withheld => none,
        }
    }
}

impl From<&Line> for LineView {
    fn from(line: &Line) -> Self {
        Self {
            received: line.received.into(),
            decided: line.decided.into(),
            withdrawn: line.withdrawn.into(),
            open: line.open.into(),
            overdue: line.overdue.map(CountView::from),
            median_working_days: line.days,
            satisfied_percent_from: line.satisfied,
        }
    }
}

/// How many requests each service and department received and decided, how long it took, and whether applicants
/// were satisfied. Counts below 10 are not told, and what is told depends on none of them.
#[utoipa::path(
    get, path = FIGURES, operation_id = "figures", tag = "requests",
    params(("days" = Option<u16>, Query, description = "The last 30 (unless told), 90 or 365 days.")),
    responses(
        (status = 200, description = "The figures", body = FiguresView),
        (status = 400, description = "No such window", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn figures(State(state): State<AppState>, uri: Uri) -> Result<Response, Problem> {
    let query = Query::<FiguresQuery>::try_from_uri(&uri);
    let Query(query) = query.map_err(|error| Problem::bad_request(error.body_text()))?;
    let window = query.days.map_or(Some(Window::Month), Window::of_days);
    let window = window.ok_or_else(|| Problem::bad_request("`days` is 30, 90 or 365."))?;
    let figures = state.portal.figures(window).await;
    let figures = figures.map_err(|service_api::Unavailable| Problem::unavailable())?;
    Ok(Json(told(&state, &figures)).into_response())
}

fn told(state: &AppState, figures: &Figures) -> FiguresView {
    let departments = figures.offices.iter().map(|office| {
        let id = Some(office.department.clone()).filter(|id| !id.is_empty());
        let services = office.items.iter().map(|(id, line)| ServiceFigures {
            id: id.clone(),
            working_days: service(id).and_then(|item| item.working_days),
            line: line.into(),
        });
        DepartmentFigures {
            name: id.as_deref().map(|id| state.department_name(id)),
            id,
            all: (&office.all).into(),
            services: services.collect(),
        }
    });
    FiguresView {
        days: figures.window.days(),
        from: figures.from,
        to: figures.to,
        demonstration: state.portal.reach() == Reach::Sample,
        departments: departments.collect(),
    }
}
