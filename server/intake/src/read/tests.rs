//! What files that nobody would call wrong look like, and those that are.

use super::*;
use crate::format::Format;

/// The error of a reading whose sink never stops.
pub(super) fn failing(stop: Stop<()>) -> ReadError {
    match stop {
        Stop::Read(error) => error,
        Stop::Sink(()) => panic!("the sink never stops"),
    }
}

fn read(text: &str) -> Result<Vec<(u64, String)>, ReadError> {
    read_as("EPSG:4326", text)
}

fn read_as(crs: &str, text: impl AsRef<[u8]>) -> Result<Vec<(u64, String)>, ReadError> {
    let mut found = Vec::new();
    let crs = Crs::named(crs).unwrap();
    let read = each_feature::<_, ()>(text.as_ref(), Some(&crs), &mut |raw| {
        found.push((raw.number, raw.json.get().to_owned()));
        Ok(())
    });
    match read {
        Ok((count, _crs)) => {
            assert_eq!(count, found.len() as u64);
            Ok(found)
        }
        Err(stop) => Err(failing(stop)),
    }
}

const A: &str = r#"{"type":"Feature","geometry":null,"properties":{"a":"[1]"}}"#;
const B: &str = r#"{"properties":{},"type":"Feature","geometry":null}"#;

#[test]
fn members_come_in_any_order() {
    for text in [
        format!(r#"{{"type":"FeatureCollection","features":[{A},{B}]}}"#),
        format!(r#"{{"features":[{A},{B}],"bbox":[1,2,3,4],"type":"FeatureCollection"}}"#),
        format!(
            "\u{FEFF}{{\"bbox\":[1,2],\"features\" : [ {A} ,\n {B} ],\"type\":\"FeatureCollection\"}}\n "
        ),
    ] {
        let found = read(&text).unwrap();
        assert_eq!(found, [(1, A.to_owned()), (2, B.to_owned())]);
    }
    assert!(read(r#"{"type":"FeatureCollection","features":[]}"#).unwrap().is_empty());
}

#[test]
fn text_sequences_come_with_separators_or_lines() {
    for text in
        [format!("\u{1E}{A}\n\u{1E}{B}\n"), format!("{A}\n{B}"), format!("{A}\r\n\r\n{B}\r\n")]
    {
        assert_eq!(read(&text).unwrap().len(), 2, "{text}");
    }
}

#[test]
fn a_page_of_a_larger_answer_is_not_taken_for_all() {
    for more in [
        r#""exceededTransferLimit":true,"features":[FEATURE]"#,
        r#""properties":{"exceededTransferLimit":true},"features":[FEATURE]"#,
        r#""features":[FEATURE],"exceededTransferLimit":true"#,
        r#""numberMatched":500,"numberReturned":1,"features":[FEATURE]"#,
        r#""totalFeatures":2,"features":[FEATURE]"#,
    ] {
        let text = format!(r#"{{"type":"FeatureCollection",{}}}"#, more.replace("FEATURE", A));
        assert!(matches!(read(&text), Err(ReadError::PartOfMore)), "{text}");
        let whole = text.replace("true", "false").replace("500", "1").replace(":2,", ":1,");
        assert_eq!(read(&whole).unwrap().len(), 1, "{whole}");
    }
}

#[test]
fn every_cut_is_an_error() {
    let whole = format!(r#"{{"features":[{A},{B}],"type":"FeatureCollection"}}"#);
    for at in 1..whole.len() {
        assert!(matches!(read(&whole[..at]), Err(ReadError::CutShort { .. })), "cut at {at}");
    }
    assert!(matches!(read(""), Err(ReadError::Empty)));
    let Err(ReadError::CutShort { byte, features }) = read(&whole[..whole.len() - 20]) else {
        panic!("cut short");
    };
    assert_eq!((byte, features), (whole.len() as u64 - 20, 2));
    let sequence = format!("\u{1E}{A}\n\u{1E}{}\n\u{1E}{B}", &A[..20]);
    assert!(matches!(read(&sequence), Err(ReadError::Malformed { features: 1, .. })));
}

#[test]
fn what_is_no_collection_is_refused() {
    for text in [
        r#"{"type":"Coverage"}"#.to_owned(),
        r#"{"type":"FeatureCollection"}"#.to_owned(),
        r#"{"features":[]}"#.to_owned(),
        format!(r#"{{"type":"FeatureCollection","features":[{A}]}} {A}"#),
        format!(r#"{A}{{"type":"FeatureCollection","features":[{A}]}}"#),
        r#"{"type":"FeatureCollection","features":[],"features":[]}"#.to_owned(),
    ] {
        assert!(matches!(read(&text), Err(ReadError::NotFeatures { .. })), "{text}");
    }
    for (text, format) in [
        (r#"{"type":"Topology","objects":{}}"#, Format::TopoJson),
        (
            r#"{"geometryType":"esriGeometryPolygon","features":[{"attributes":{}}]}"#,
            Format::EsriJson,
        ),
        (r#"{"type":"Point","coordinates":[120,30]}"#, Format::BareGeometry),
        ("PK\u{3}\u{4}", Format::Zip),
    ] {
        let error = read(text).unwrap_err();
        assert!(matches!(error, ReadError::NotGeoJson { format: found } if found == format));
    }
    for text in ["not json", "[1,2]", r#"{"type":"FeatureCollection","features":{}}"#] {
        assert!(matches!(read(text), Err(ReadError::Malformed { .. })), "{text}");
    }
}

#[test]
fn text_that_is_not_utf8_is_told_where_it_begins() {
    let with = |name: &[u8]| {
        let (before, after) =
            (&br#"{"type":"Feature","geometry":null,"properties":{"n":""#, br#""}}"#);
        [before.as_slice(), name, after.as_slice()].concat()
    };
    assert_eq!(read_as("EPSG:4326", with("权利人".as_bytes())).unwrap().len(), 1);
    for (name, format) in [
        (b"\xC8\xA8\xC0\xFB\xC8\xCB".as_slice(), Format::Gb18030),
        (b"caf\xE9".as_slice(), Format::OtherEncoding),
        (b"\xFF\xFF", Format::OtherEncoding),
    ] {
        let mut bytes = A.as_bytes().to_vec();
        bytes.extend(with(name));
        let error = read_as("EPSG:4326", bytes).unwrap_err();
        assert!(
            matches!(error, ReadError::Encoding { features: 1, format: f, .. } if f == format),
            "{name:?}: {error}"
        );
    }
}

#[test]
fn what_programs_write_that_is_not_json_is_named() {
    for word in ["NaN", "Infinity", "-Infinity", "None", "True", "nan", "undefined"] {
        let text = format!(r#"{{"type":"Feature","geometry":null,"properties":{{"a":{word}}}}}"#);
        let error = read(&text).unwrap_err().to_string();
        assert!(error.contains("near `") && error.contains("write null"), "{word}: {error}");
    }
}

#[test]
fn a_crs_member_must_agree() {
    let with = |name: &str| {
        format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{name}"}}}},"features":[]}}"#
        )
    };
    for name in ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"] {
        assert!(read(&with(name)).is_ok(), "{name}");
    }
    let error = read(&with("urn:ogc:def:crs:EPSG::2277")).unwrap_err();
    assert!(error.to_string().contains("2277") && error.to_string().contains("EPSG:4326"));
    assert!(read_as("EPSG:4528", with("http://www.opengis.net/def/crs/EPSG/0/4528")).is_ok());
    assert!(
        read(r#"{"crs":{"type":"link","properties":{"href":"x"}},"type":"FeatureCollection","features":[]}"#)
            .is_err()
    );
    assert!(read(r#"{"crs":null,"type":"FeatureCollection","features":[]}"#).is_ok());
}
