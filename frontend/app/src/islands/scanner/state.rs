//! Where the scanner stands: what is said and which controls there are follow from it.

use super::ScannerWords;

/// Where the scanner stands.
#[cfg_attr(not(feature = "scanner"), allow(dead_code, reason = "the server knows only the first"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// As the server renders it, and as it stays without JavaScript.
    Asleep,
    /// Ready; maybe something is to be said about the last photo or paste.
    Idle(Option<Notice>),
    /// The camera does not work.
    CameraError(CameraError),
    /// The browser asks for permission, the camera starts.
    Opening,
    /// The camera runs.
    Scanning {
        /// What would help.
        advice: Option<Advice>,
        /// What there is to say meanwhile.
        notice: Option<Notice>,
    },
    /// The page was hidden while the camera ran.
    Paused,
    /// A photo is read.
    Reading,
    /// There are several codes in the picture.
    Choosing(Vec<Target>),
    /// A code was read; its page opens. Holds the code as it is shown.
    Leaving(String),
}

/// Something to say that does not stop anything.
#[cfg_attr(not(feature = "scanner"), allow(dead_code, reason = "the server has nothing to say"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It takes long: other ways.
    Hint,
    /// A photo without a code.
    NothingFound,
    /// A file that is no picture.
    NotAPicture,
    /// Nothing in the clipboard, or the browser may not look.
    NothingCopied,
    /// The reader gave no answer about a photo.
    Failed,
    /// The camera was switched off, for nothing was read for long.
    Tired,
    /// A part of a text that is split over several codes; never opened.
    Part {
        /// Its place, from 1.
        number: u8,
        /// How many there are.
        total: u8,
    },
    /// Not ours; never opened.
    Foreign {
        /// What was read.
        text: String,
        /// Where it points to, if it is an address.
        host: Option<String>,
    },
    /// Looks like a code and is none.
    Faulty {
        /// What was read.
        text: String,
        /// Where it is wrong, from 1.
        position: usize,
    },
}

/// One thing to do about the picture.
#[cfg_attr(not(feature = "scanner"), allow(dead_code, reason = "the server sees no picture"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// More light.
    Light,
    /// Tilt: something shines.
    Tilt,
    /// Nearer, or zoom in.
    Closer,
    /// Hold still, or let the camera focus.
    Still,
}

/// Why the camera does not work.
#[cfg_attr(not(feature = "scanner"), allow(dead_code, reason = "the server has no camera"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraError {
    /// No permission.
    Denied,
    /// No camera.
    Absent,
    /// In use elsewhere.
    Busy,
    /// Gives no picture.
    Silent,
    /// Browsers give no camera to pages that came over an insecure way.
    Insecure,
    /// Opened inside an app that gives no camera to pages.
    InApp,
    /// A browser that has no camera for any page.
    Unsupported,
    /// The decoder did not arrive.
    Unloaded,
}

/// A page of this portal that a payload leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The code in groups, or the path.
    pub label: String,
    /// Its path on this site.
    pub path: String,
}

impl State {
    /// Its name in `data-scanner-state`, for styles and tests.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Asleep => "asleep",
            Self::Idle(_) => "idle",
            Self::CameraError(_) => "trouble",
            Self::Opening => "opening",
            Self::Scanning { .. } => "scanning",
            Self::Paused => "paused",
            Self::Reading => "reading",
            Self::Choosing(_) => "choosing",
            Self::Leaving(_) => "leaving",
        }
    }

    /// Whether the camera is wanted, and its picture shown.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Opening | Self::Scanning { .. })
    }

    /// Whether typing is one press away: elsewhere the field is in view just below.
    pub fn offers_typing(&self) -> bool {
        !matches!(self, Self::Asleep | Self::Idle(_) | Self::CameraError(_) | Self::Leaving(_))
    }

    /// Whether another camera may be chosen.
    pub fn offers_cameras(&self) -> bool {
        self.is_live() || matches!(self, Self::CameraError(_))
    }

    /// Whether what is to be seen now came by itself, and may be out of view.
    #[cfg(feature = "scanner")]
    pub fn wants_eyes(&self) -> bool {
        matches!(self, Self::CameraError(_) | Self::Choosing(_) | Self::Idle(Some(_)))
    }

    /// Whether the button would start the camera, and a press has a chance.
    pub fn can_start(&self) -> bool {
        matches!(self, Self::Idle(_) | Self::CameraError(_)) && !self.is_hopeless()
    }

    /// Whether no press will ever give a camera to this page.
    pub fn is_hopeless(&self) -> bool {
        matches!(self, Self::CameraError(CameraError::Insecure | CameraError::Unsupported))
    }

    /// Whether the last picture stays to be seen, if the camera took it.
    pub fn holds_picture(&self) -> bool {
        matches!(self, Self::Choosing(_) | Self::Leaving(_))
    }

    /// What is said about the last thing that was read.
    pub fn notice(&self) -> Option<&Notice> {
        match self {
            Self::Idle(notice) | Self::Scanning { notice, .. } => notice.as_ref(),
            _ => None,
        }
    }

    /// What happens, in a sentence.
    pub fn sentence(&self, words: &ScannerWords) -> String {
        match self {
            Self::Asleep => words.asleep.clone(),
            Self::Idle(_) => String::new(),
            Self::CameraError(error) => error.sentence(words).to_owned(),
            Self::Opening => words.opening.clone(),
            Self::Scanning { advice, .. } => match advice {
                None => words.scanning.clone(),
                Some(Advice::Light) => words.light.clone(),
                Some(Advice::Tilt) => words.tilt.clone(),
                Some(Advice::Closer) => words.closer.clone(),
                Some(Advice::Still) => words.still.clone(),
            },
            Self::Paused => words.paused.clone(),
            Self::Reading => words.reading.clone(),
            Self::Choosing(_) => words.choosing.clone(),
            Self::Leaving(code) => words.leaving.replace("{code}", code),
        }
    }

    /// The word on the one button that starts and stops: it stays the same button, so that focus
    /// stays on it.
    pub fn button<'a>(&self, words: &'a ScannerWords) -> &'a str {
        match self {
            Self::Opening | Self::Scanning { .. } | Self::Paused => &words.stop,
            Self::CameraError(_) => &words.retry,
            _ => &words.start,
        }
    }
}

impl Notice {
    /// What it says.
    pub fn sentence(&self, words: &ScannerWords) -> String {
        match self {
            Self::Hint => words.hint.clone(),
            Self::NothingFound => words.nothing_found.clone(),
            Self::NotAPicture => words.not_a_picture.clone(),
            Self::NothingCopied => words.paste_nothing.clone(),
            Self::Failed => words.failed.clone(),
            Self::Tired => words.tired.clone(),
            Self::Part { number, total } => words
                .part
                .replace("{number}", &number.to_string())
                .replace("{total}", &total.to_string()),
            Self::Foreign { .. } => words.foreign.clone(),
            Self::Faulty { position, .. } => {
                words.faulty.replace("{position}", &position.to_string())
            }
        }
    }

    /// What was read, and the host it points to.
    pub fn read(&self) -> Option<(&str, Option<&str>)> {
        match self {
            Self::Foreign { text, host } => Some((text, host.as_deref())),
            Self::Faulty { text, .. } => Some((text, None)),
            _ => None,
        }
    }
}

impl CameraError {
    fn sentence(self, words: &ScannerWords) -> &str {
        match self {
            Self::Denied => &words.denied,
            Self::Absent => &words.absent,
            Self::Busy => &words.busy,
            Self::Silent => &words.silent,
            Self::Insecure => &words.insecure,
            Self::InApp => &words.in_app,
            Self::Unsupported => &words.unsupported,
            Self::Unloaded => &words.unloaded,
        }
    }
}
