//! From the text of a template to its parts. Quotes are read first: what stands in them is no
//! brace, bar or colon of the template.

use super::{Choice, Form, Part, TemplateError};

pub(super) fn parts(source: &str) -> Result<Vec<Part>, TemplateError> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = source;
    while let Some(at) = rest.find(['{', '}']) {
        literal.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            literal.push_str(brace);
            rest = after;
        } else if brace == "}" {
            return Err(TemplateError::Close(source.to_owned()));
        } else {
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            let (inside, after) = up_to_brace(source, rest)?;
            parts.push(place(source, inside)?);
            rest = after;
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

/// Where `stop` first stands outside of quotes; `Err` for a quote that is not closed. A quote
/// opens at the beginning of a name, not within: `Owner's name` has none.
fn find_unquoted(text: &str, stop: char) -> Result<Option<usize>, ()> {
    let mut quote: Option<char> = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == stop => return Ok(Some(at)),
            // Two of a kind close and open again.
            None if (c == '\'' || c == '`')
                && (before == c || before.is_whitespace() || matches!(before, '|' | ':')) =>
            {
                quote = Some(c);
            }
            None => {}
        }
        before = c;
    }
    if quote.is_some() { Err(()) } else { Ok(None) }
}

fn up_to_brace<'a>(source: &str, rest: &'a str) -> Result<(&'a str, &'a str), TemplateError> {
    match find_unquoted(rest, '}') {
        Ok(Some(at)) => Ok((&rest[..at], &rest[at + 1..])),
        Ok(None) => Err(TemplateError::Open(source.to_owned())),
        Err(()) => Err(TemplateError::Quote(source.to_owned())),
    }
}

/// Pieces between marks that stand outside of quotes.
fn pieces(text: &str, mark: char) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    // `up_to_brace` has seen that every quote is closed.
    while let Ok(Some(at)) = find_unquoted(rest, mark) {
        pieces.push(&rest[..at]);
        rest = &rest[at + mark.len_utf8()..];
    }
    pieces.push(rest);
    pieces
}

fn place(source: &str, inside: &str) -> Result<Part, TemplateError> {
    let mut pieces_of = pieces(inside, ':').into_iter();
    let names = pieces_of.next().unwrap_or_default();
    let forms = pieces_of
        .map(|text| {
            Form::read(text.trim()).ok_or_else(|| TemplateError::Form {
                template: source.to_owned(),
                form: text.trim().to_owned(),
            })
        })
        .collect::<Result<_, _>>()?;
    let choices = pieces(names, '|')
        .into_iter()
        .enumerate()
        .map(|(at, name)| choice(source, name.trim(), at == 0))
        .collect::<Result<_, _>>()?;
    Ok(Part::Place { choices, forms })
}

fn choice(source: &str, name: &str, first: bool) -> Result<Choice, TemplateError> {
    let empty = || TemplateError::Empty(source.to_owned());
    match name {
        "" => return Err(empty()),
        "@id" => return Ok(Choice::Id),
        "@number" => return Ok(Choice::Number),
        _ => {}
    }
    if let Some(property) = unquoted(source, name, '`')? {
        return if property.is_empty() { Err(empty()) } else { Ok(Choice::Property(property)) };
    }
    Ok(match unquoted(source, name, '\'')? {
        // Words in front would always win over what follows, so nobody can mean them.
        Some(words) if first && !words.is_empty() => Choice::Property(words),
        Some(words) => Choice::Words(words),
        None => Choice::Property(name.to_owned()),
    })
}

/// What stands in quotes; `None` where there are none.
fn unquoted(source: &str, text: &str, quote: char) -> Result<Option<String>, TemplateError> {
    let Some(inside) = text.strip_prefix(quote) else { return Ok(None) };
    let double = [quote, quote].iter().collect::<String>();
    let mut content = String::new();
    let mut rest = inside;
    loop {
        let Some(at) = rest.find(quote) else {
            return Err(TemplateError::Quote(source.to_owned()));
        };
        content.push_str(&rest[..at]);
        if let Some(after) = rest[at..].strip_prefix(double.as_str()) {
            content.push(quote);
            rest = after;
            continue;
        }
        let beside = rest[at + quote.len_utf8()..].trim();
        if beside.is_empty() {
            return Ok(Some(content));
        }
        return Err(TemplateError::Beside {
            template: source.to_owned(),
            beside: beside.to_owned(),
        });
    }
}
