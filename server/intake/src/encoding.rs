//! What the bytes of a text stand for. Taken from what says it, never guessed.

/// An encoding of text that a file or a mapping names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

/// A name that no encoding has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no known encoding; write e.g. \"gbk\", \"gb18030\" or \"utf-8\"")]
pub struct UnknownEncoding(pub String);

impl Encoding {
    /// The encoding that somebody names.
    ///
    /// # Errors
    /// [`UnknownEncoding`].
    pub fn read(name: &str) -> Result<Self, UnknownEncoding> {
        Self::named(name).ok_or_else(|| UnknownEncoding(name.to_owned()))
    }

    /// UTF-8.
    pub(crate) const UTF_8: Self = Self(encoding_rs::UTF_8);

    /// The encoding of that name, as `.cpg` files and people write it: `GBK`, `UTF-8`, `CP936`,
    /// `936`, `ANSI 936`, `ISO 88591`. `None` for one that is not known.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim().trim_matches('\u{FEFF}').to_ascii_lowercase();
        let bare = ["ansi", "oem", "windows", "cp", "ms", "ibm", "ldid"]
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix))
            .map_or(&*name, |rest| rest.trim_start_matches(['-', '_', ' ', '/']));
        // What ESRI calls by the number of a code page of Windows.
        let label = match bare {
            "936" => "gbk",
            "54936" => "gb18030",
            "950" => "big5",
            "932" => "shift_jis",
            "949" => "euc-kr",
            "65001" | "utf_8" => "utf-8",
            "1250" | "1251" | "1252" => return Self::labelled(&format!("windows-{bare}")),
            "88591" | "iso 88591" | "iso-88591" | "iso 8859-1" => "iso-8859-1",
            _ => &*name,
        };
        Self::labelled(label)
    }

    fn labelled(label: &str) -> Option<Self> {
        encoding_rs::Encoding::for_label(label.as_bytes()).map(Self)
    }

    /// The encoding that the language byte of a dBASE table stands for, where programs that write
    /// Chinese mean it. Others are written by default, over text in whatever the machine had.
    pub(crate) fn of_language(byte: u8) -> Option<Self> {
        match byte {
            0x4D | 0x7A => Self::labelled("gbk"),
            0x4F | 0x78 => Self::labelled("big5"),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The text; `None` where bytes stand for nothing in it.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<std::borrow::Cow<'_, str>> {
        self.0.decode_without_bom_handling_and_without_replacement(bytes)
    }

    /// The name of a column. One that fills its ten bytes may have lost half of its last character.
    pub(crate) fn decode_name(self, bytes: &[u8]) -> Option<std::borrow::Cow<'_, str>> {
        let most = if bytes.len() < 10 { 0 } else { 3 };
        (0..=most).find_map(|cut| self.decode(&bytes[..bytes.len() - cut]))
    }

    /// The text up to a last character of which bytes are missing; `None` where that is not what is
    /// wrong with it.
    pub(crate) fn decode_cut(self, bytes: &[u8]) -> Option<std::borrow::Cow<'_, str>> {
        (1..=3).find_map(|cut| self.decode(bytes.get(..bytes.len().checked_sub(cut)?)?))
    }

    /// Whether both read every text alike; GBK is read as the part of GB 18030 that it is.
    pub(crate) fn agrees(self, other: Self) -> bool {
        let chinese = ["GBK", "gb18030"];
        self == other || (chinese.contains(&self.name()) && chinese.contains(&other.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_programs_and_people_write_them() {
        for (names, encoding) in [
            (&["GBK", "gb2312", "CP936", "936", "ANSI 936", "cp-936\r\n", "GB2312"][..], "GBK"),
            (&["UTF-8", "utf8", "65001", "CP65001", "\u{FEFF}UTF-8"][..], "UTF-8"),
            (&["GB18030", "54936"][..], "gb18030"),
            (&["950", "Big5"][..], "Big5"),
            (&["1252", "ISO 88591", "88591", "ISO-8859-1"][..], "windows-1252"),
        ] {
            for name in names {
                assert_eq!(Encoding::named(name).map(Encoding::name), Some(encoding), "{name}");
            }
        }
        for name in ["", "chinese characters", "ANSI", "LDID/87"] {
            assert_eq!(Encoding::named(name), None, "{name}");
        }
    }

    #[test]
    fn what_does_not_decode_is_nothing() {
        let gbk = Encoding::named("GBK").unwrap();
        assert_eq!(gbk.decode(b"\xB5\xD8\xBF\xE9").as_deref(), Some("地块"));
        assert_eq!(gbk.decode(b"\xB5\xD8\xBF"), None);
        assert_eq!(gbk.decode_name(b"\xB5\xD8\xBF"), None);
        assert_eq!(gbk.decode_name(b"A12345678\xB5").as_deref(), Some("A12345678"));
        assert_eq!(gbk.decode_cut(b"\xB5\xD8\xBF").as_deref(), Some("地"));
        assert_eq!(gbk.decode_cut(b"\xFF\xFF\xFF\xFF\xB5\xD8"), None);
        assert!(gbk.agrees(Encoding::named("GB18030").unwrap()));
        assert_eq!(Encoding::named("UTF-8").unwrap().decode(b"\xB5\xD8\xBF\xE9"), None);
    }
}
