//! What may be done with a property on its way into a text: figures padded, a part cut out.

/// A form after a colon.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    Padded(usize),
    Letters(usize),
    /// Characters from 1, both ends included.
    Characters {
        from: usize,
        to: Option<usize>,
    },
    Beside {
        mark: String,
        side: Side,
        which: Which,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Side {
    Before,
    After,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Which {
    First,
    Last,
}

impl Form {
    /// Reads a form; `None` if there is no such form.
    pub(super) fn read(text: &str) -> Option<Self> {
        if let Some(width) = text.strip_prefix("letters") {
            return Some(Self::Letters(width.parse().ok()?));
        }
        if let Some((from, to)) = text.split_once("..") {
            return characters(from.trim(), to.trim());
        }
        if let Some(width) = text.strip_prefix('0') {
            return Some(Self::Padded(width.parse().ok()?));
        }
        let (side, rest) = match text.strip_prefix("before ") {
            Some(rest) => (Side::Before, rest),
            None => (Side::After, text.strip_prefix("after ")?),
        };
        let rest = rest.trim_start();
        let (which, quoted) = match rest.strip_prefix("last ") {
            Some(quoted) => (Which::Last, quoted.trim_start()),
            None => (Which::First, rest),
        };
        let mark = quoted.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'");
        (!mark.is_empty()).then_some(Self::Beside { mark, side, which })
    }

    /// The text in this form.
    ///
    /// # Errors
    /// Why it does not fit, to stand after the name of what was found.
    pub(super) fn shape(&self, found: &str) -> Result<String, String> {
        match self {
            Self::Padded(width) => {
                if !found.chars().all(|c| c.is_ascii_digit()) {
                    return Err(format!("is `{found}`, not a whole number"));
                }
                padded(found, found.trim_start_matches('0'), *width)
            }
            Self::Letters(width) => padded(found, &letters(found)?.to_string(), *width),
            Self::Characters { from, to } => {
                let count = found.chars().count();
                if count < to.unwrap_or(*from) {
                    let end = to.map_or_else(String::new, |to| to.to_string());
                    return Err(format!("is `{found}`, which is too short for `{from}..{end}`"));
                }
                let length = to.map_or(count, |to| to + 1 - from);
                Ok(found.chars().skip(from - 1).take(length).collect())
            }
            Self::Beside { mark, side, which } => {
                let split = match which {
                    Which::First => found.split_once(mark.as_str()),
                    Which::Last => found.rsplit_once(mark.as_str()),
                };
                let (before, after) =
                    split.ok_or_else(|| format!("is `{found}`, which has no `{mark}`"))?;
                let (part, name) = match side {
                    Side::Before => (before, "before"),
                    Side::After => (after, "after"),
                };
                if part.trim().is_empty() {
                    return Err(format!("is `{found}`, which has nothing {name} `{mark}`"));
                }
                Ok(part.trim().to_owned())
            }
        }
    }
}

fn characters(from: &str, to: &str) -> Option<Form> {
    let (from, to) = match (from, to) {
        ("", "") => return None,
        ("", to) => (1, Some(to.parse().ok()?)),
        (from, "") => (from.parse().ok()?, None),
        (from, to) => (from.parse().ok()?, Some(to.parse().ok()?)),
    };
    // A thousand characters are no part of a code, and the sum stays far from overflow.
    let right = from >= 1 && to.is_none_or(|to| from <= to) && from.max(to.unwrap_or(1)) <= 1000;
    right.then_some(Form::Characters { from, to })
}

/// Capital letters as a number, A = 1, Z = 26, AA = 27.
fn letters(found: &str) -> Result<u64, String> {
    let mut number: u64 = 0;
    // Etalab writes the section A as `0A`.
    for letter in found.trim_start_matches('0').chars() {
        if !letter.is_ascii_uppercase() || number > u64::from(u32::MAX) {
            return Err(format!("is `{found}`, not capital letters"));
        }
        number = number * 26 + u64::from(u32::from(letter) - u32::from('A') + 1);
    }
    Ok(number)
}

fn padded(found: &str, digits: &str, width: usize) -> Result<String, String> {
    if digits.len() > width {
        return Err(format!("is `{found}`, which does not fit into {width} digits"));
    }
    Ok(format!("{digits:0>width$}"))
}
