use serde::{Deserialize, Serialize};

/// What the scanner says, in the language of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScannerWords {
    /// Without JavaScript: that the camera needs it, and that the code can be typed here on the
    /// page.
    pub asleep: String,
    /// Button: 打开相机扫码.
    pub start: String,
    /// The same button while the camera runs.
    pub stop: String,
    /// The same button after something went wrong.
    pub retry: String,
    /// Chooses a picture that is there already.
    pub photo: String,
    /// Takes a picture with the phone's own camera; shown on touch screens only.
    pub take_photo: String,
    /// Button: light on.
    pub torch_on: String,
    /// Button: light off.
    pub torch_off: String,
    /// Name of the camera picture for who does not see it.
    pub picture: String,
    /// Status while the browser asks for permission and the camera starts.
    pub opening: String,
    /// Status while looking: where to hold the code.
    pub scanning: String,
    /// Status when the page was hidden and the camera is off; it goes on when the page is back.
    pub paused: String,
    /// Status while a photo is read.
    pub reading: String,
    /// Status above several codes: choose one.
    pub choosing: String,
    /// Status when a code was read and its page opens; `{code}` is the code.
    pub leaving: String,
    /// After ten seconds without a read: nearer, more light, or photo, or typing.
    pub hint: String,
    /// A photo without a code: what makes a better one.
    pub nothing_found: String,
    /// The file is no picture that the browser can open.
    pub not_a_picture: String,
    /// What was read is not ours and was not opened.
    pub foreign: String,
    /// Before the host that it points to.
    pub foreign_host: String,
    /// Before the text that was read.
    pub foreign_text: String,
    /// What was read looks like a code but is wrong; `{position}` is where.
    pub faulty: String,
    /// No permission for the camera: how to give it, and photo or typing instead.
    pub denied: String,
    /// No camera here: photo or typing instead.
    pub absent: String,
    /// Another program uses the camera: close it, or photo or typing.
    pub busy: String,
    /// The camera gave no picture within six seconds, or went away.
    pub silent: String,
    /// The page came over an insecure way, so browsers give no camera: photo or typing.
    pub insecure: String,
    /// The reader could not be loaded: check the network, or type.
    pub unloaded: String,
}
