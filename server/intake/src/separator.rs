/// What stands between the cells of rows of text (CSV).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Separator {
    pub(crate) byte: u8,
    /// How mappings write it.
    pub(crate) name: &'static str,
}

/// Those that are part of no character in GBK.
const KNOWN: [Separator; 3] = [
    Separator { byte: b',', name: "," },
    Separator { byte: b';', name: ";" },
    Separator { byte: b'\t', name: "tab" },
];

impl Separator {
    /// A comma.
    pub(crate) const COMMA: Self = KNOWN[0];

    /// The separator as mappings write it: `,`, `;` or `tab`. `None` for another one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        KNOWN.into_iter().find(|separator| separator.name == name)
    }
}
