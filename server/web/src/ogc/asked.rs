//! What is asked in an address: unknown parameters and values that do not read are refused (Core 7.4, requirements
//! `query-param-unknown` and `query-param-invalid`).

use axum::http::{HeaderMap, header};
use domain::base_map::Bounds;
use jiff::Timestamp;

use crate::problem::Problem;

/// Parameters that a question about items may have, besides `f`.
pub(super) const OF_ITEMS: [&str; 4] = ["bbox", "datetime", "limit", "offset"];
/// Items of a page, unless told.
pub(super) const USUAL: usize = 10;
/// Most items of a page: who asks for more is given so many.
pub(super) const MOST: usize = 1_000;

/// In which form somebody wants an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Html,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) format: Format,
    /// Every parameter but `f`, in the order in which they came.
    pub(super) pairs: Vec<(String, String)>,
}

impl Asked {
    /// Reads a query of which these parameters may be, each once, and `f`.
    pub(super) fn read(
        query: Option<&str>,
        headers: &HeaderMap,
        known: &[&str],
    ) -> Result<Self, Problem> {
        let (mut format, mut pairs) = (None, Vec::<(String, String)>::new());
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let again = pairs.iter().any(|(other, _)| *other == name);
            if name == "f" && format.is_none() {
                format = Some(match &*value {
                    "json" => Format::Json,
                    "html" => Format::Html,
                    _ => return Err(Problem::bad_request("`f` is json or html.")),
                });
            } else if known.contains(&&*name) && !again {
                pairs.push((name.into_owned(), value.into_owned()));
            } else if name == "f" || again {
                return Err(Problem::bad_request("A parameter is given twice."));
            } else {
                return Err(Problem::bad_request(unknown(known)));
            }
        }
        Ok(Self { format: format.unwrap_or_else(|| accepted(headers)), pairs })
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }
}

/// It does not say what came: that may be anything.
fn unknown(known: &[&str]) -> String {
    let names = known.iter().chain(&["f"]).map(|name| format!("`{name}`"));
    format!(
        "There is a parameter that is not known here. Known are: {}.",
        names.collect::<Vec<_>>().join(", ")
    )
}

/// What an `Accept` header would rather have: a page where it names pages above JSON, else JSON.
fn accepted(headers: &HeaderMap) -> Format {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let (mut page, mut json) = (0.0_f32, 0.0_f32);
    for range in values.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
        let kind = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=").and_then(|q| q.parse().ok()));
        let weight = weight.unwrap_or(1.0);
        match &*kind {
            "text/html" | "application/xhtml+xml" => page = page.max(weight),
            kind if kind == "application/json" || kind.ends_with("+json") => {
                json = json.max(weight);
            }
            _ => {}
        }
    }
    if page > json { Format::Html } else { Format::Json }
}

/// Which items are asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pages {
    /// Boxes; none for everywhere.
    pub(super) boxes: Vec<Bounds>,
    /// The end of the time that is asked for; `None` for an open one, and where no time is asked for.
    pub(super) until: Option<Timestamp>,
    pub(super) limit: usize,
    pub(super) offset: usize,
}

impl Pages {
    pub(super) fn read(asked: &Asked) -> Result<Self, Problem> {
        let limit = asked.value("limit").map_or(Ok(USUAL), |text| {
            let limit = number(text).filter(|limit| *limit > 0);
            limit.ok_or_else(|| Problem::bad_request("`limit` is a whole number from 1."))
        })?;
        let offset = asked.value("offset").map_or(Ok(0), |text| {
            number(text).ok_or_else(|| Problem::bad_request("`offset` is a whole number from 0."))
        })?;
        let boxes = asked.value("bbox").map_or(Ok(Vec::new()), boxes)?;
        let until = asked.value("datetime").map_or(Ok(None), until)?;
        Ok(Self { boxes, until, limit: limit.min(MOST), offset })
    }
}

fn number(text: &str) -> Option<usize> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // More than there can be is as good as all of it.
    digits.then(|| text.parse().unwrap_or(usize::MAX))
}

/// Reads `west,south,east,north`, or with heights, which nothing here has: a box whose west is east of its east
/// crosses the antimeridian.
fn boxes(text: &str) -> Result<Vec<Bounds>, Problem> {
    let wrong = || {
        Problem::bad_request(
            "`bbox` is west,south,east,north in degrees, e.g. 119.9,30.5,120.0,30.6, or the same with a height after \
             each corner.",
        )
    };
    let numbers = text.split(',').map(|number| number.trim().parse::<f64>().ok());
    let numbers: Vec<f64> = numbers.collect::<Option<_>>().ok_or_else(wrong)?;
    let (west, south, east, north) = match *numbers.as_slice() {
        [west, south, east, north] => (west, south, east, north),
        [west, south, low, east, north, high] if low <= high => (west, south, east, north),
        _ => return Err(wrong()),
    };
    let on_earth = |degrees: f64, most: f64| (-most..=most).contains(&degrees);
    let fits = on_earth(west, 180.0)
        && on_earth(east, 180.0)
        && on_earth(south, 90.0)
        && on_earth(north, 90.0)
        && south <= north;
    if !fits {
        return Err(wrong());
    }
    Ok(if west <= east {
        vec![Bounds { west, south, east, north }]
    } else {
        vec![
            Bounds { west, south, east: 180.0, north },
            Bounds { west: -180.0, south, east, north },
        ]
    })
}

/// Reads an instant (RFC 3339) or an interval, open at one end by `..` or nothing; the end of it.
fn until(text: &str) -> Result<Option<Timestamp>, Problem> {
    let wrong = || {
        Problem::bad_request(
            "`datetime` is an instant as in 2026-01-05T00:00:00Z, or an interval of two with / between them, one of \
             which may be `..`.",
        )
    };
    let instant = |text: &str| text.parse::<Timestamp>().map_err(|_not_an_instant| wrong());
    let end = |text: &str| match text {
        "" | ".." => Ok(None),
        text => instant(text).map(Some),
    };
    let Some((from, to)) = text.split_once('/') else { return instant(text).map(Some) };
    match (end(from)?, end(to)?) {
        (None, None) => Err(wrong()),
        (Some(from), Some(to)) if from > to => Err(wrong()),
        (_, to) => Ok(to),
    }
}
