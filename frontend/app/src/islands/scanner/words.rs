//! What the scanner says.

island_words! {
    /// What the scanner says, in the language of the page.
    pub struct ScannerWords {
        /// Without JavaScript: that the camera needs it, and that the code can be typed here on the
        /// page.
        pub asleep: String,
        /// Button: 打开相机扫码.
        pub start: String,
        /// The button that starts and stops, while the camera runs.
        pub stop: String,
        /// Button on phones, while the camera runs: shows the other controls, or hides them again.
        pub more: String,
        /// The button that starts and stops, after something went wrong.
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
        /// The reader gave no answer about a photo, twice.
        pub failed: String,
        /// The camera was switched off after minutes without a read.
        pub tired: String,
        /// A part of a text that is split over several codes: show all; `{number}` of `{total}`.
        pub part: String,
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
        /// Instead of where to hold the code, when it is too dark.
        pub light: String,
        /// Instead of where to hold the code, when something shines.
        pub tilt: String,
        /// Instead of where to hold the code, when it is too small in the picture.
        pub closer: String,
        /// Instead of where to hold the code, when the picture is not sharp.
        pub still: String,
        /// Name of the slider that enlarges.
        pub zoom: String,
        /// Name of the list of cameras.
        pub camera: String,
        /// A camera without a name; `{n}` counts them.
        pub camera_numbered: String,
        /// Switch: a tone when a code was read.
        pub sound: String,
        /// Button: take the picture or text that was copied.
        pub paste: String,
        /// Nothing in the clipboard that could be read, or no permission.
        pub paste_nothing: String,
        /// Button: to the field for typing.
        pub type_code: String,
        /// On computers: that pictures can be dropped and pasted.
        pub drop: String,
        /// Opened inside an app without a camera for pages: how to open the system's browser.
        pub in_app: String,
        /// This browser has no camera for pages: another one, photo or typing.
        pub unsupported: String,
    }
}
