//! Telling a scanner that types from a person who types.

/// The most time that a scanner needs for a key on average, in milliseconds. They type a character
/// every 1 to 20 ms; fast typists need about 60 ms.
const PACE: f64 = 35.0;
/// The longest time between two keys of one text, in milliseconds: a computer may hesitate once.
const GAP: f64 = 200.0;
/// Enter may come a little later: some scanners send it apart.
const END_GAP: f64 = 100.0;
/// What comes after a pause up to this long, in milliseconds, may belong to what came before it: the
/// computer was busy.
const LOST: f64 = 1000.0;
/// The most time for a key on average, in milliseconds, at which a text without a field is still
/// said to be heard badly; nobody types a code much slower without looking where it goes.
const SLOW: f64 = 150.0;
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
    /// From its place on the keyboard, for a key whose name an input method keeps to itself. Scanners
    /// type as on a US keyboard, of which this knows what labels are made of.
    pub fn at(place: &str, shifted: bool) -> Self {
        let character = match (place, shifted) {
            ("Enter" | "NumpadEnter" | "Tab", _) => return Self::End,
            ("ShiftLeft" | "ShiftRight" | "CapsLock", _) => return Self::Modifier,
            ("Slash", false) => Some('/'),
            ("Period", false) => Some('.'),
            ("Minus", false) => Some('-'),
            ("Semicolon", true) => Some(':'),
            (_, shifted) => {
                let digit = place.strip_prefix("Digit").filter(|_| !shifted);
                let letter = place.strip_prefix("Key");
                digit.or(letter).and_then(|name| name.chars().next())
            }
        };
        match character {
            Some(letter) if !shifted => Self::Character(letter.to_ascii_lowercase()),
            Some(letter) => Self::Character(letter),
            None => Self::Other,
        }
    }

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
    /// How many came before the last pause and may belong to it.
    before: usize,
    first: f64,
    last: f64,
}

/// What a scanner has typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The text, as far as it was heard.
    pub text: String,
    /// How much of it that is.
    pub heard: Heard,
}

/// How much of a text was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// All of it.
    Whole,
    /// All of it, unless a key or two before a pause belong to it: what is wrong with it may be ours.
    Perhaps,
    /// Its begin; it is longer than any label.
    Begin,
    /// Too slowly or with a pause in it: nobody knows what else it said.
    Badly,
}

impl Burst {
    /// Hears a key at `now`, in milliseconds. The scan, if this key ends one.
    pub fn press(&mut self, key: Key, now: f64) -> Option<Scan> {
        let gap = now - self.last;
        match key {
            Key::Character(character) => {
                if gap > GAP {
                    self.pause(gap);
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
                let heard = self.heard(gap).filter(|_| self.is_scan());
                let text = std::mem::take(&mut self.text);
                self.forget();
                heard.map(|heard| Scan { text, heard })
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

    /// Whether a key at `now` is the first of its text.
    pub fn is_idle(&self, now: f64) -> bool {
        self.count + self.before == 0 || now - self.last > LOST
    }

    /// Begins anew.
    pub fn forget(&mut self) {
        self.text.clear();
        self.count = 0;
        self.before = 0;
    }

    /// Begins anew after `gap` milliseconds without a key, and remembers that there was something.
    fn pause(&mut self, gap: f64) {
        let before = if gap > LOST { 0 } else { self.before + self.count };
        self.forget();
        self.before = before;
    }

    /// How much was heard of a text whose end comes `gap` milliseconds after its last character.
    /// Nothing that a person types at leisure.
    fn heard(&self, gap: f64) -> Option<Heard> {
        if gap > LOST || self.pace() > SLOW {
            return None;
        }
        let fast = gap <= END_GAP && self.pace() <= PACE;
        Some(match self.before {
            _ if !fast => Heard::Badly,
            FEW.. => Heard::Badly,
            _ if self.count > LONGEST => Heard::Begin,
            0 => Heard::Whole,
            _ => Heard::Perhaps,
        })
    }

    /// Long enough; and a key held down is fast too, but says only one thing.
    fn is_scan(&self) -> bool {
        let first = self.text.chars().next();
        let is_held = self.text.chars().all(|character| Some(character) == first);
        self.before + self.count >= SHORTEST && (self.before >= FEW || !is_held)
    }

    fn pace(&self) -> f64 {
        (self.last - self.first) / self.count.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "330521001002GB00011";

    /// What is heard of a text with a key every so many milliseconds, and its end after so many.
    fn typed(text: &str, every: f64, end_after: f64) -> Option<(Heard, String)> {
        let mut burst = Burst::default();
        let mut now = 1000.0;
        for character in text.chars() {
            now += every;
            if character.is_uppercase() {
                assert_eq!(burst.press(Key::of("Shift", false), now), None);
            }
            assert_eq!(burst.press(Key::of(&character.to_string(), false), now), None);
        }
        let scan = burst.press(Key::of("Enter", false), now + end_after);
        scan.map(|scan| (scan.heard, scan.text))
    }

    /// The code with a pause before the character at `at`, each of its parts fast.
    fn paused(at: usize, pause: f64) -> Option<(Heard, String)> {
        let mut burst = Burst::default();
        let mut now = 1000.0;
        for (here, character) in CODE.char_indices() {
            now += if here == at { pause } else { 8.0 };
            assert_eq!(burst.press(Key::Character(character), now), None);
        }
        burst.press(Key::End, now + 8.0).map(|scan| (scan.heard, scan.text))
    }

    fn whole(text: &str) -> Option<(Heard, String)> {
        Some((Heard::Whole, text.to_owned()))
    }

    #[test]
    fn a_scanner_types_faster_than_a_person() {
        assert_eq!(typed(CODE, 8.0, 8.0), whole(CODE));
        assert_eq!(typed(CODE, 30.0, 90.0), whole(CODE));
        assert_eq!(typed(CODE, 200.0, 20.0), None);
        assert_eq!(typed(CODE, 8.0, 1500.0), None, "Enter is another matter");
    }

    #[test]
    fn what_comes_slowly_is_heard_badly_and_not_passed_over() {
        let badly = Some((Heard::Badly, CODE.to_owned()));
        assert_eq!(typed(CODE, 60.0, 60.0), badly, "a slow scanner, or a person");
        assert_eq!(typed(CODE, 8.0, 400.0), badly, "Enter by hand");
    }

    #[test]
    fn after_a_pause_the_rest_is_not_taken_for_the_whole() {
        assert_eq!(paused(9, 150.0), whole(CODE));
        assert_eq!(paused(9, 400.0), Some((Heard::Badly, CODE[9..].to_owned())));
        assert_eq!(paused(17, 400.0), Some((Heard::Badly, CODE[17..].to_owned())), "few are left");
        assert_eq!(paused(2, 400.0), Some((Heard::Perhaps, CODE[2..].to_owned())));
        assert_eq!(paused(1, 1200.0), whole(&CODE[1..]), "two texts");
    }

    #[test]
    fn a_key_is_the_first_of_its_text_after_a_while() {
        let mut burst = Burst::default();
        assert!(burst.is_idle(1000.0));
        burst.press(Key::Character('a'), 1000.0);
        assert!(!burst.is_idle(1500.0));
        assert!(burst.is_idle(2500.0));
    }

    #[test]
    fn what_an_input_method_keeps_is_known_by_its_place() {
        let address = [
            ("KeyH", true),
            ("Semicolon", true),
            ("Slash", false),
            ("Digit1", false),
            ("Period", false),
            ("KeyC", false),
            ("Minus", false),
        ];
        let read = address.map(|(place, shifted)| Key::at(place, shifted));
        assert_eq!(read, ['H', ':', '/', '1', '.', 'c', '-'].map(Key::Character));
        assert_eq!(Key::at("Enter", false), Key::End);
        assert_eq!(Key::at("ShiftLeft", true), Key::Modifier);
        for other in [("Digit1", true), ("Slash", true), ("ArrowDown", false), ("Key", false)] {
            assert_eq!(Key::at(other.0, other.1), Key::Other, "{other:?}");
        }
    }

    #[test]
    fn one_hesitation_of_the_computer_loses_nothing() {
        let mut burst = Burst::default();
        for (at, character) in CODE.char_indices() {
            let late = if at > 4 { 150.0 } else { 0.0 };
            assert_eq!(burst.press(Key::Character(character), at as f64 * 8.0 + late), None);
        }
        let scan = burst.press(Key::End, 310.0).unwrap();
        assert_eq!((scan.heard, scan.text.as_str()), (Heard::Whole, CODE));
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
        assert_eq!(scan.heard, Heard::Begin);
        assert!(scan.text.starts_with("https://evil.example/") && !scan.text.contains(CODE));
        assert_eq!(typed(CODE, 8.0, 8.0), whole(CODE), "the next one counts");
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
