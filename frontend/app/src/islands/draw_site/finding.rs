//! Where to begin: a place by its name, its address or its code, as everybody may search for it.

use domain::outline::typed_corners;
use js_sys::{Array, encode_uri_component};
use wasm_bindgen::{JsCast as _, JsValue};

use super::sketch::Corner;
use crate::islands::{
    element::window,
    js_object::{ask, get},
};

/// Anything at all: a list needs words or a box.
const ANYWHERE: &str = "bbox=-180,-90,180,90";

/// A place to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Where it is.
    pub at: Corner,
    /// What it is called.
    pub name: String,
}

/// The place that is meant by some words, or by coordinates; none where nothing is called so.
pub async fn find(search: &str, words: &str) -> Result<Option<Place>, JsValue> {
    if let Some([at]) = typed_corners(words).as_deref() {
        return Ok(Some(Place { at: [at.x, at.y], name: words.to_owned() }));
    }
    let words = String::from(encode_uri_component(words));
    first(&format!("{search}?q={words}&limit=5")).await
}

/// A place of this register.
pub async fn anywhere(search: &str) -> Result<Option<Place>, JsValue> {
    first(&format!("{search}?{ANYWHERE}&limit=5")).await
}

/// The first of a list whose position is told.
async fn first(address: &str) -> Result<Option<Place>, JsValue> {
    let answer = ask(&window(), "fetch", &[JsValue::from(address)]).await?;
    if !get(&answer, "ok").is_truthy() {
        return Err(get(&answer, "status"));
    }
    let list = get(&ask(&answer, "json", &[]).await?, "features").dyn_into::<Array>()?;
    Ok(list.iter().find_map(|feature| place(&feature)))
}

fn place(feature: &JsValue) -> Option<Place> {
    let position = get(&get(feature, "geometry"), "coordinates").dyn_into::<Array>().ok()?;
    let at = [position.get(0).as_f64()?, position.get(1).as_f64()?];
    let facts = get(feature, "properties");
    let name = get(&facts, "location").as_string().or_else(|| get(&facts, "code").as_string());
    Some(Place { at, name: name.unwrap_or_default() })
}
