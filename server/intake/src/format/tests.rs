//! Each kind of file is told by bytes as programs write them, and named in a sentence with a way
//! to convert it.

use super::*;

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn files_are_told_by_their_first_bytes() {
    let mut package = b"SQLite format 3\0".to_vec();
    package.resize(68, 0);
    package.extend(b"GPKG");
    let geojson = r#"{"type":"FeatureCollection","features":[]}"#;
    for (bytes, format) in [
        (b"\x1F\x8B\x08\x08rest".to_vec(), Format::Gzip),
        (b"PK\x03\x04\x14\0\0\0\x08\0........parcels.shp".to_vec(), Format::ZippedShapefile),
        (b"PK\x03\x04\x14\0\0\0\x08\0........doc.kml".to_vec(), Format::Kmz),
        (b"PK\x03\x04\x14\0\0\0\x08\0........[Content_Types].xml".to_vec(), Format::Spreadsheet),
        (
            b"PK\x03\x04\x14\0\0\0\x08\0........a.gdb/a0001.gdbtable".to_vec(),
            Format::ZippedGeodatabase,
        ),
        (b"PK\x03\x04\x14\0\0\0\x08\0........readme.txt".to_vec(), Format::Zip),
        (b"\0\0\x27\x0A\0\0\0\0".to_vec(), Format::Shapefile),
        (b"\x03\x7E\x01\x05\x02\0\0\0\x61\0\x20\0".to_vec(), Format::Dbf),
        (package, Format::GeoPackage),
        (b"SQLite format 3\0\x10\0".to_vec(), Format::Sqlite),
        (b"fgb\x03fgb\x01".to_vec(), Format::FlatGeobuf),
        (b"PAR1\x15\x04".to_vec(), Format::Parquet),
        (b"<?xml version=\"1.0\"?>\n<kml xmlns=\"x\">".to_vec(), Format::Kml),
        (b"<?xml version=\"1.0\"?>\n<gml:FeatureCollection>".to_vec(), Format::Xml),
        (b"\n<!DOCTYPE html><title>502</title>".to_vec(), Format::Html),
        (b"<HTML><body>not found".to_vec(), Format::Html),
        (b"ZDDM,WKT\n330521001001GB00001,\"POLYGON((1 2))\"\n".to_vec(), Format::Csv),
        (b"ZDDM;NAME\r\n1;2\r\n".to_vec(), Format::Csv),
        (utf16(&format!("\u{FEFF}{geojson}"), false), Format::Utf16Le),
        (utf16(&format!("\u{FEFF}{geojson}"), true), Format::Utf16Be),
        (utf16(geojson, false), Format::Utf16Le),
        (utf16(geojson, true), Format::Utf16Be),
        (b"%PDF-1.7".to_vec(), Format::Pdf),
        (b"\x89PNG\r\n\x1A\n".to_vec(), Format::Picture),
        (b"\xFF\xD8\xFF\xE0".to_vec(), Format::Picture),
        (b"\xD0\xCF\x11\xE0\xA1\xB1".to_vec(), Format::OldSpreadsheet),
        (b"HeadBegin\r\nDATAMARK:CNSDTF-VCT".to_vec(), Format::Vct),
        (b"  0\r\nSECTION\r\n  2\r\n".to_vec(), Format::Cad),
        (b"version https://git-lfs.github.com/spec/v1\n".to_vec(), Format::LfsPointer),
        (b"var parcels = {\"type\":".to_vec(), Format::JavaScript),
        (b"POLYGON((120 30,121 30,121 31,120 30))".to_vec(), Format::Wkt),
        (format!("[{geojson}]").into_bytes(), Format::JsonList),
    ] {
        assert_eq!(recognise(&bytes), Some(format), "{}", String::from_utf8_lossy(&bytes));
    }
    for text in [geojson, "\u{FEFF}{}", "\u{1E}{}", "\r\n  {", "", "  ", "not json", "[1,2]"] {
        assert_eq!(recognise(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn json_of_another_kind_is_told_by_its_members() {
    for (text, format) in [
        (r#"{"type": "Topology", "arcs": []}"#, Some(Format::TopoJson)),
        (r#"{"geometryType":"esriGeometryPolygon","features":[]}"#, Some(Format::EsriJson)),
        (r#"{"features":[{"attributes":{},"geometry":{"rings":[]}}]}"#, Some(Format::EsriJson)),
        (r#"{"type":"MultiPolygon","coordinates":[]}"#, Some(Format::BareGeometry)),
        (r#"{"name":"x"}"#, None),
    ] {
        assert_eq!(recognise_json(text.as_bytes()), format, "{text}");
    }
}

#[test]
fn chinese_text_that_is_no_utf8_is_told_from_noise() {
    // 权利人 in GBK, and a four-byte character of GB 18030.
    assert_eq!(of_invalid_utf8(b"\xC8\xA8\xC0\xFB\xC8\xCB\""), Format::Gb18030);
    assert_eq!(of_invalid_utf8(b"\x82\x32\xB6\x35\""), Format::Gb18030);
    assert_eq!(of_invalid_utf8(b"\xC8"), Format::OtherEncoding);
    assert_eq!(of_invalid_utf8(b"\xE9\" "), Format::OtherEncoding);
    assert_eq!(of_invalid_utf8(b"\xFF\xFF"), Format::OtherEncoding);
}

#[test]
fn every_sentence_says_what_to_do() {
    for format in [
        Format::Gzip,
        Format::ZippedShapefile,
        Format::Shapefile,
        Format::GeoPackage,
        Format::Kml,
        Format::Csv,
        Format::Utf16Le,
        Format::Gb18030,
        Format::Html,
        Format::Vct,
    ] {
        let text = format.to_string();
        let next = ["ogr2ogr", "iconv", "unzip", "fetch", "export"];
        assert!(next.iter().any(|word| text.contains(word)), "{text}");
    }
}
