//! Telling a scanner that types from a person who types.

/// The most time that a scanner needs for a key on average, in milliseconds. They type a character
/// every 1 to 20 ms; fast typists need about 60 ms.
const PACE: f64 = 35.0;
/// The longest time between two keys of one text, in milliseconds: a computer may hesitate once.
const GAP: f64 = 200.0;
/// Enter may come a little later: some scanners send it apart.
const END_GAP: f64 = 100.0;
/// The shortest that is a code or an address.
const SHORTEST: usize = 12;
/// More than any label says; nothing that is longer is opened.
const LONGEST: usize = 300;
/// So many fast keys are a scanner's, though nothing may be known of their end yet.
const FEW: usize = 4;

/// A key as it counts here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Character(char),
    /// Enter or Tab, which scanners send at the end.
    End,
    /// Shift and the like, which come between characters.
    Modifier,
    /// Anything else.
    Other,
}

impl Key {
    /// From the name that the browser gives it; `with_others` if Ctrl, Alt or Meta is held.
    pub fn of(name: &str, with_others: bool) -> Self {
        let mut characters = name.chars();
        match (characters.next(), characters.next()) {
            _ if with_others => Self::Other,
            (Some(character), None) => Self::Character(character),
            _ => match name {
                "Enter" | "Tab" => Self::End,
                "Shift" | "CapsLock" => Self::Modifier,
                _ => Self::Other,
            },
        }
    }
}

/// The keys that came one after the other.
#[derive(Debug, Default)]
pub struct Burst {
    text: String,
    /// How many characters came, kept or not.
    count: usize,
    first: f64,
    last: f64,
}

/// What a scanner has typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The text, or its begin.
    pub text: String,
    /// Whether the text is all of it.
    pub whole: bool,
}

impl Burst {
    /// Hears a key at `now`, in milliseconds. The scan, if this key ends one.
    pub fn press(&mut self, key: Key, now: f64) -> Option<Scan> {
        let gap = now - self.last;
        match key {
            Key::Character(character) => {
                if gap > GAP {
                    self.forget();
                }
                if self.count == 0 {
                    self.first = now;
                }
                // What comes after the longest is counted and not kept: its end may look like a
                // code of ours.
                if self.count < LONGEST {
                    self.text.push(character);
                }
                self.count += 1;
                self.last = now;
                None
            }
            Key::End => {
                let fast = gap <= END_GAP && self.pace() <= PACE;
                let whole = self.count <= LONGEST;
                let text = std::mem::take(&mut self.text);
                self.forget();
                (fast && is_scan(&text)).then_some(Scan { text, whole })
            }
            Key::Modifier => None,
            Key::Other => {
                self.forget();
                None
            }
        }
    }

    /// Whether the keys so far are a scanner's, and one at `now` belongs to them.
    pub fn is_fast(&self, now: f64) -> bool {
        self.count >= FEW && now - self.last <= GAP && self.pace() <= PACE
    }

    /// Begins anew.
    pub fn forget(&mut self) {
        self.text.clear();
        self.count = 0;
    }

    fn pace(&self) -> f64 {
        (self.last - self.first) / self.count.max(1) as f64
    }
}

/// A key held down is fast too, but says only one thing.
fn is_scan(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    text.chars().count() >= SHORTEST && characters.any(|character| Some(character) != first)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "330521001002GB00011";

    fn typed(text: &str, every: f64, end_after: f64) -> Option<String> {
        let mut burst = Burst::default();
        let mut now = 1000.0;
        for character in text.chars() {
            now += every;
            if character.is_uppercase() {
                assert_eq!(burst.press(Key::of("Shift", false), now), None);
            }
            assert_eq!(burst.press(Key::of(&character.to_string(), false), now), None);
        }
        burst.press(Key::of("Enter", false), now + end_after).map(|scan| scan.text)
    }

    #[test]
    fn a_scanner_types_faster_than_a_person() {
        assert_eq!(typed(CODE, 8.0, 8.0).as_deref(), Some(CODE));
        assert_eq!(typed(CODE, 30.0, 90.0).as_deref(), Some(CODE));
        assert_eq!(typed(CODE, 60.0, 20.0), None);
        assert_eq!(typed(CODE, 8.0, 400.0), None, "Enter by hand");
    }

    #[test]
    fn one_hesitation_of_the_computer_loses_nothing() {
        let mut burst = Burst::default();
        for (at, character) in CODE.char_indices() {
            let late = if at > 4 { 150.0 } else { 0.0 };
            assert_eq!(burst.press(Key::Character(character), at as f64 * 8.0 + late), None);
        }
        assert_eq!(burst.press(Key::End, 310.0).map(|scan| scan.text).as_deref(), Some(CODE));
    }

    #[test]
    fn short_texts_and_held_keys_are_no_scan() {
        assert_eq!(typed("33052100100", 8.0, 8.0), None);
        assert_eq!(typed(&"j".repeat(40), 8.0, 8.0), None);
    }

    #[test]
    fn the_end_of_a_text_that_is_too_long_is_not_taken_for_the_scan() {
        let mut burst = Burst::default();
        let text = format!("https://evil.example/{}{CODE}", "x".repeat(280));
        for (at, character) in text.char_indices() {
            assert_eq!(burst.press(Key::Character(character), at as f64 * 6.0), None);
        }
        let scan = burst.press(Key::End, text.len() as f64 * 6.0).unwrap();
        assert!(!scan.whole);
        assert!(scan.text.starts_with("https://evil.example/") && !scan.text.contains(CODE));
        assert_eq!(typed(CODE, 8.0, 8.0).as_deref(), Some(CODE), "the next one counts");
    }

    #[test]
    fn a_few_fast_keys_are_a_scanners() {
        let fast = |every: f64, keys: usize| {
            let mut burst = Burst::default();
            for at in 0..keys {
                burst.press(Key::Character('a'), 1000.0 + at as f64 * every);
            }
            burst.is_fast(1000.0 + keys as f64 * every)
        };
        assert!(fast(8.0, 4));
        assert!(!fast(8.0, 3));
        assert!(!fast(90.0, 9), "a person");
    }

    #[test]
    fn a_shortcut_ends_a_burst() {
        let mut burst = Burst::default();
        for (at, character) in CODE.char_indices() {
            let with_control = at == 10;
            let key = Key::of(&character.to_string(), with_control);
            assert_eq!(burst.press(key, at as f64), None);
        }
        assert_eq!(burst.press(Key::End, 20.0), None);
        assert_eq!(Key::of("ArrowDown", false), Key::Other);
        assert_eq!(Key::of("Tab", false), Key::End);
    }
}
