//! Character sets, by the tables of the platform.
//!
//! The tables of GB 18030 alone are larger than the first load. Every browser has them, and so the
//! worker asks its `TextDecoder`; natively `encoding_rs` has the same ones (WHATWG Encoding).

/// A character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    /// ISO/IEC 8859-1, each byte a character.
    Latin1,
    /// Nothing beyond 7 bits.
    Ascii,
    /// Of this name in the WHATWG Encoding Standard.
    Named(&'static str),
}

impl Charset {
    pub(super) const GB18030: Self = Self::Named("gb18030");
    pub(super) const SHIFT_JIS: Self = Self::Named("shift_jis");

    /// The set of an assignment number (AIM ECI, part 3); nothing if it is not known.
    pub(super) fn declared(number: u32) -> Option<Self> {
        let name = match number {
            1 | 3 => return Some(Self::Latin1),
            // Code page 437, of which only this half is known here.
            0 | 2 | 27 | 170 => return Some(Self::Ascii),
            4 => "iso-8859-2",
            5 => "iso-8859-3",
            6 => "iso-8859-4",
            7 => "iso-8859-5",
            8 => "iso-8859-6",
            9 => "iso-8859-7",
            10 => "iso-8859-8",
            11 => "iso-8859-9",
            12 => "iso-8859-10",
            13 => "iso-8859-11",
            15 => "iso-8859-13",
            16 => "iso-8859-14",
            17 => "iso-8859-15",
            18 => "iso-8859-16",
            20 => "shift_jis",
            21 => "windows-1250",
            22 => "windows-1251",
            23 => "windows-1252",
            24 => "windows-1256",
            25 => "utf-16be",
            26 => "utf-8",
            28 => "big5",
            29 | 31 | 32 => "gb18030",
            30 => "euc-kr",
            33 => "utf-16le",
            _ => return None,
        };
        Some(Self::Named(name))
    }
}

/// The text of bytes; nothing if they are not of that set.
pub(super) fn decoded(charset: Charset, bytes: &[u8]) -> Option<String> {
    match charset {
        Charset::Latin1 => Some(bytes.iter().copied().map(char::from).collect()),
        Charset::Ascii => bytes.is_ascii().then(|| String::from_utf8(bytes.to_vec()).ok())?,
        Charset::Named(name) => by_table(name, bytes),
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn by_table(name: &str, bytes: &[u8]) -> Option<String> {
    let charset = encoding_rs::Encoding::for_label(name.as_bytes())?;
    let text = charset.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(text.into_owned())
}

#[cfg(target_arch = "wasm32")]
fn by_table(name: &str, bytes: &[u8]) -> Option<String> {
    let options = web_sys::TextDecoderOptions::new();
    options.set_fatal(true);
    // Bytes that look like a byte order mark stay, as natively; web-sys has no setter for that.
    js_sys::Reflect::set(&options, &"ignoreBOM".into(), &true.into()).ok()?;
    let decoder = web_sys::TextDecoder::new_with_label_and_options(name, &options).ok()?;
    // A copy of its own: a decoder does not read memory that a module may let grow.
    let bytes = js_sys::Uint8Array::from(bytes);
    decoder.decode_with_js_u8_array(&bytes).ok()
}
