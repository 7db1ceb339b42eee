//! What SQL asks of [`domain::search`]: the texts of a parcel that are in the index, and whether one of
//! them has a word that no index finds.

use domain::{
    ParcelCode,
    code::Strictness,
    record::Value,
    search::{address_text, folded, has, kind_text, use_text},
};
use rusqlite::{
    Connection, Error,
    functions::{Context, FunctionFlags},
};
use serde::Deserialize;

/// Makes the functions known to a connection, before anything is migrated or searched on it.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    let text = |name, of: fn(&str) -> String| {
        connection.create_scalar_function(name, 1, flags, move |call| Ok(first(call)?.map(of)))
    };
    text("address_text", address_text)?;
    text("use_text", use_of)?;
    text("kind_text", kind_of)?;
    let holds = |name, holds: fn(&str, &str) -> bool| {
        connection.create_scalar_function(name, 2, flags, move |call| {
            let word: String = call.get(1)?;
            Ok(first(call)?.is_some_and(|text| holds(text, &word)))
        })
    };
    holds("code_has", |code, word| folded(code).contains(word))?;
    holds("text_has", |text, word| has(&folded(text), word))?;
    holds("address_has", address_has)?;
    holds("use_has", |fields, word| has(&use_of(fields), word))?;
    holds("kind_has", |code, word| has(&kind_of(code), word))
}

fn first<'c>(call: &'c Context<'_>) -> rusqlite::Result<Option<&'c str>> {
    call.get_raw(0).as_str_or_null().map_err(|error| Error::UserFunctionError(error.into()))
}

/// Only a word in letters is looked for in the letters of an address, which cost more.
fn address_has(address: &str, word: &str) -> bool {
    has(&folded(address), word) || word.is_ascii() && has(&address_text(address), word)
}

#[derive(Deserialize)]
struct Use {
    land_use: Option<Value>,
}

/// What the use in a record's fields is called; of fields that do not read, nothing is found.
fn use_of(fields: &str) -> String {
    let read = serde_json::from_str::<Use>(fields).ok().and_then(|read| read.land_use);
    read.map_or_else(String::new, |land_use| use_text(&land_use))
}

fn kind_of(code: &str) -> String {
    let code = ParcelCode::parse(code, Strictness::LookUp);
    code.map_or_else(|_| String::new(), |parsed| kind_text(&parsed.code))
}
