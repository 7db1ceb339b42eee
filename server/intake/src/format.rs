//! What a file is that is no GeoJSON, told by its first bytes, and how to make GeoJSON of it where it
//! is not read as it is.

use std::fmt;

/// A kind of file that is known. But for Shapefile, GeoPackage, FlatGeobuf and rows of text, and for what
/// is packed with gzip, it is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Packed files.
    Gzip,
    /// A ZIP archive without anything known in it.
    Zip,
    /// A ZIP archive with a Shapefile.
    ZippedShapefile,
    /// A ZIP archive with an Esri file geodatabase.
    ZippedGeodatabase,
    /// 7z, rar, xz, bzip2, zstd.
    Packed,
    /// Esri Shapefile, its outlines.
    Shapefile,
    /// dBASE, the attributes of a Shapefile.
    Dbf,
    /// OGC GeoPackage.
    GeoPackage,
    /// Another SQLite database.
    Sqlite,
    /// FlatGeobuf.
    FlatGeobuf,
    /// Apache Parquet, also GeoParquet.
    Parquet,
    /// Apache Arrow or Feather.
    Arrow,
    /// KML.
    Kml,
    /// KML, zipped.
    Kmz,
    /// GML and other XML.
    Xml,
    /// A web page.
    Html,
    /// TopoJSON.
    TopoJson,
    /// Esri's own JSON.
    EsriJson,
    /// A JSON list of features without their collection.
    JsonList,
    /// A geometry without its feature.
    BareGeometry,
    /// Rows of text.
    Csv,
    /// Excel.
    Spreadsheet,
    /// Excel before 2007 and other compound files.
    OldSpreadsheet,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// UTF-32.
    Utf32,
    /// GBK or GB 18030.
    Gb18030,
    /// Text in another encoding.
    OtherEncoding,
    /// GB/T 17798 (VCT), the Chinese exchange format for land data.
    Vct,
    /// AutoCAD.
    Cad,
    /// MapInfo.
    MapInfo,
    /// Well-known text.
    Wkt,
    /// PDF.
    Pdf,
    /// PNG, JPEG, TIFF, GIF.
    Picture,
    /// The placeholder that Git LFS leaves for a large file.
    LfsPointer,
    /// A program's text, e.g. `var parcels = {…}`.
    JavaScript,
}

/// How the other text is told apart needs no more than this.
pub(crate) const HEAD: usize = 4096;

/// What a file is, if its first bytes say that it is no JSON. `None`: it may be.
pub(crate) fn recognise(head: &[u8]) -> Option<Format> {
    binary(head).or_else(|| encoding(head)).or_else(|| text(head))
}

const MAGIC: [(&[u8], Format); 24] = [
    (b"\x1F\x8B", Format::Gzip),
    (b"BZh", Format::Packed),
    (b"\xFD7zXZ", Format::Packed),
    (b"\x28\xB5\x2F\xFD", Format::Packed),
    (b"7z\xBC\xAF\x27\x1C", Format::Packed),
    (b"Rar!", Format::Packed),
    (b"\x00\x00\x27\x0A", Format::Shapefile),
    (b"fgb\x03fgb", Format::FlatGeobuf),
    (b"PAR1", Format::Parquet),
    (b"ARROW1", Format::Arrow),
    (b"FEA1", Format::Arrow),
    (b"\xD0\xCF\x11\xE0", Format::OldSpreadsheet),
    (b"%PDF", Format::Pdf),
    (b"\x89PNG", Format::Picture),
    (b"\xFF\xD8\xFF", Format::Picture),
    (b"GIF8", Format::Picture),
    (b"II*\x00", Format::Picture),
    (b"MM\x00*", Format::Picture),
    (b"AC10", Format::Cad),
    (b"AutoCAD Binary DXF", Format::Cad),
    (b"!table", Format::MapInfo),
    (b"!TABLE", Format::MapInfo),
    (b"version https://git-lfs", Format::LfsPointer),
    (b"HeadBegin", Format::Vct),
];

fn binary(head: &[u8]) -> Option<Format> {
    if head.starts_with(b"PK\x03\x04") {
        return Some(zipped(head));
    }
    if head.starts_with(b"SQLite format 3\0") {
        let is_package = head.get(68..72).is_some_and(|id| id.starts_with(b"GP"));
        return Some(if is_package { Format::GeoPackage } else { Format::Sqlite });
    }
    let known = MAGIC.iter().find(|(magic, _)| head.starts_with(magic));
    known.map(|(_, format)| *format).or_else(|| is_dbf(head).then_some(Format::Dbf))
}

fn zipped(head: &[u8]) -> Format {
    let has = |name: &str| {
        let lower = name.as_bytes();
        head.windows(lower.len()).any(|window| window.eq_ignore_ascii_case(lower))
    };
    if has(".gdbtable") || has(".gdb/") {
        Format::ZippedGeodatabase
    } else if has(".shp") || has(".shx") || has(".dbf") || has(".prj") {
        Format::ZippedShapefile
    } else if has(".kml") {
        Format::Kmz
    } else if has("[Content_Types].xml") || has("xl/") || has("opendocument.spreadsheet") {
        Format::Spreadsheet
    } else {
        Format::Zip
    }
}

/// A version, a day of last change, lengths that fit together.
fn is_dbf(head: &[u8]) -> bool {
    let [version, _year, month, day, _, _, _, _, low, high, ..] = *head else { return false };
    let header = u16::from_le_bytes([low, high]);
    matches!(version, 0x02 | 0x03 | 0x30 | 0x31 | 0x43 | 0x83 | 0x8B | 0xF5)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && header >= 33
}

fn encoding(head: &[u8]) -> Option<Format> {
    match *head {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => return Some(Format::Utf32),
        [0xFF, 0xFE, ..] => return Some(Format::Utf16Le),
        [0xFE, 0xFF, ..] => return Some(Format::Utf16Be),
        [0, 0, 0, b'{' | b'[' | b' ' | b'\n'] | [b'{' | b'[', 0, 0, 0, ..] => {
            return Some(Format::Utf32);
        }
        _ => {}
    }
    // ASCII in UTF-16 has a zero in every other place.
    let zeros = |from: usize| head.iter().skip(from).step_by(2).take(8).all(|byte| *byte == 0);
    let figures = |from: usize| {
        head.iter().skip(from).step_by(2).take(8).all(|byte| byte.is_ascii() && *byte != 0)
    };
    if head.len() < 4 {
        None
    } else if figures(0) && zeros(1) {
        Some(Format::Utf16Le)
    } else if zeros(0) && figures(1) {
        Some(Format::Utf16Be)
    } else {
        None
    }
}

fn text(head: &[u8]) -> Option<Format> {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    let lower = text.to_lowercase();
    let starts = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
    match text.chars().next()? {
        '{' | '\u{1E}' => return None,
        '[' => return lower[1..].trim_start().starts_with('{').then_some(Format::JsonList),
        '<' => {
            return Some(if lower.contains("<html") || starts(&["<!doctype html"]) {
                Format::Html
            } else if lower.contains("<kml") {
                Format::Kml
            } else {
                Format::Xml
            });
        }
        _ => {}
    }
    if starts(&["headbegin", "datamark:cnsdtf", "datamark"]) {
        return Some(Format::Vct);
    }
    if starts(&["0\r\nsection", "0\nsection"]) {
        return Some(Format::Cad);
    }
    if starts(&["version 300", "version 450", "version   300"]) && lower.contains("columns") {
        return Some(Format::MapInfo);
    }
    if starts(&["polygon", "multipolygon", "linestring", "multilinestring", "srid="])
        && lower.contains('(')
    {
        return Some(Format::Wkt);
    }
    if starts(&["var ", "let ", "const ", "window.", "module.exports", "export "]) {
        return Some(Format::JavaScript);
    }
    is_rows(text).then_some(Format::Csv)
}

/// Two lines or more with the same number of commas, semicolons or tabs; one line with two marks.
fn is_rows(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let Some(first) = lines.next() else { return false };
    [',', ';', '\t', '，'].iter().any(|mark| {
        let marks = first.matches(*mark).count();
        marks > 0
            && !first.contains(['{', '}'])
            && lines.clone().next().map_or(marks > 1, |second| second.contains(*mark))
    })
}

/// What JSON without features is.
pub(crate) fn recognise_json(head: &[u8]) -> Option<Format> {
    let text = String::from_utf8_lossy(head);
    let squeezed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let has = |word: &str| squeezed.contains(word);
    if has(r#""type":"Topology""#) {
        return Some(Format::TopoJson);
    }
    if has("\"esriGeometry")
        || has("\"esriFieldType")
        || (has("\"attributes\":") && has("\"rings\":"))
    {
        return Some(Format::EsriJson);
    }
    let geometries = ["Point", "LineString", "Polygon", "GeometryCollection"];
    let bare = geometries.iter().any(|kind| {
        squeezed.starts_with(&format!(r#"{{"type":"{kind}""#))
            || squeezed.starts_with(&format!(r#"{{"type":"Multi{kind}""#))
    });
    bare.then_some(Format::BareGeometry)
}

/// Whether text that is no UTF-8 may be GBK or GB 18030: pairs and fours as these have them.
pub(crate) fn of_invalid_utf8(sample: &[u8]) -> Format {
    let mut rest = sample;
    let mut pairs = 0;
    while let [first, after @ ..] = rest {
        rest = match (first, after) {
            (0..=0x7F, _) => after,
            (0x81..=0xFE, [0x40..=0x7E | 0x80..=0xFE, more @ ..]) => {
                pairs += 1;
                more
            }
            (0x81..=0xFE, [0x30..=0x39, 0x81..=0xFE, 0x30..=0x39, more @ ..]) => {
                pairs += 1;
                more
            }
            // The sample may end within a character.
            (0x81..=0xFE, []) => break,
            _ => return Format::OtherEncoding,
        };
    }
    if pairs > 0 { Format::Gb18030 } else { Format::OtherEncoding }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ogr = |what: &str, input: &str| {
            format!("{what}; make GeoJSON of it: ogr2ogr -f GeoJSON OUT.geojson {input}")
        };
        let recode = |what: &str, from: &str| {
            format!("{what}; make UTF-8 of it: iconv -f {from} -t UTF-8 IN.geojson > OUT.geojson")
        };
        let text = match self {
            Self::Gzip => {
                "packed with gzip; unpack it: gunzip -c IN.geojson.gz > OUT.geojson".to_owned()
            }
            Self::Zip => "a ZIP archive; unpack it first: unzip IN.zip".to_owned(),
            Self::ZippedShapefile => {
                "a ZIP archive with a Shapefile; unpack it first: unzip IN.zip".to_owned()
            }
            Self::ZippedGeodatabase => ogr("a zipped file geodatabase", "/vsizip/IN.gdb.zip LAYER"),
            Self::Packed => "a packed archive; unpack it first, e.g. with 7z x IN".to_owned(),
            Self::Shapefile => ogr("a Shapefile", "IN.shp (its .dbf, .shx and .prj beside it)"),
            Self::Dbf => {
                "the attribute table of a Shapefile (.dbf); name its .shp in the mapping".to_owned()
            }
            Self::GeoPackage => ogr("a GeoPackage", "IN.gpkg LAYER"),
            Self::Sqlite => ogr("an SQLite database", "IN.sqlite LAYER"),
            Self::FlatGeobuf => ogr("FlatGeobuf", "IN.fgb"),
            Self::Parquet => ogr("Parquet (GeoParquet)", "IN.parquet"),
            Self::Arrow => ogr("Apache Arrow", "IN.arrow"),
            Self::Kml => ogr("KML", "IN.kml"),
            Self::Kmz => ogr("KMZ, which is zipped KML", "IN.kmz"),
            Self::Xml => ogr("XML, perhaps GML", "IN.gml"),
            Self::Html => "a web page, perhaps the error message of a download; open it in a \
                           browser, then fetch the data again"
                .to_owned(),
            Self::TopoJson => ogr("TopoJSON", "IN.topojson"),
            Self::EsriJson => format!(
                "{} (a feature service gives GeoJSON itself when asked with f=geojson)",
                ogr("Esri JSON", "ESRIJSON:IN.json")
            ),
            Self::JsonList => "a JSON list; GeoJSON writes \
                               {\"type\":\"FeatureCollection\",\"features\":[…]} around it: \
                               jq '{type:\"FeatureCollection\",features:.}' IN.json > OUT.geojson"
                .to_owned(),
            Self::BareGeometry => "a geometry without a feature around it, so it has no \
                                   properties; export it as a FeatureCollection"
                .to_owned(),
            Self::Csv => ogr(
                "rows of text (CSV)",
                "IN.csv -oo GEOM_POSSIBLE_NAMES=WKT_COLUMN -oo KEEP_GEOM_COLUMNS=NO",
            ),
            Self::Spreadsheet => {
                ogr("a spreadsheet (XLSX) or another office file", "IN.xlsx SHEET")
            }
            Self::OldSpreadsheet => ogr("a spreadsheet (XLS) or a personal geodatabase", "IN.xls"),
            Self::Utf16Le => recode("text in UTF-16", "UTF-16LE"),
            Self::Utf16Be => recode("text in UTF-16", "UTF-16BE"),
            Self::Utf32 => recode("text in UTF-32", "UTF-32"),
            Self::Gb18030 => recode("text in GBK or GB 18030, not in UTF-8", "GB18030"),
            Self::OtherEncoding => {
                recode("text in an encoding other than UTF-8, or damaged", "ENCODING")
            }
            Self::Vct => "VCT (GB/T 17798), the exchange format for land data; export it as \
                          GeoJSON with the program that wrote it"
                .to_owned(),
            Self::Cad => ogr("a CAD drawing (DWG as DXF first)", "IN.dxf"),
            Self::MapInfo => ogr("MapInfo", "IN.tab"),
            Self::Wkt => ogr(
                "well-known text; put it into a CSV with a heading",
                "IN.csv -oo GEOM_POSSIBLE_NAMES=WKT",
            ),
            Self::Pdf => "a PDF; ask for the data behind it as GeoJSON".to_owned(),
            Self::Picture => "a picture; ask for the outlines behind it as GeoJSON".to_owned(),
            Self::LfsPointer => {
                "the placeholder of a large file; fetch the file: git lfs pull".to_owned()
            }
            Self::JavaScript => "a JavaScript program; keep only what stands between its first \
                                 { and its last }"
                .to_owned(),
        };
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests;
