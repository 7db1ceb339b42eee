//! What the camera at work can be set to.

/// What the camera at work can be set to; nothing that it cannot do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether the light is on, where there is one.
    pub torch: Option<bool>,
    /// How far it can enlarge, where it can.
    pub zoom: Option<Zoom>,
    /// The cameras, if there are several.
    pub cameras: Vec<CameraDevice>,
    /// The `id` of the one at work.
    pub camera_id: String,
}

/// How far a camera enlarges: numbers as JavaScript writes them, which only pass through here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zoom {
    /// The least.
    pub least: String,
    /// The most.
    pub most: String,
    /// From one setting to the next; `any` if it does not matter.
    pub step: String,
    /// Now.
    pub now: String,
}

/// A camera of the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraDevice {
    /// The browser's name for it, which only this site knows.
    pub id: String,
    /// The device's name for it; may be empty.
    pub label: String,
}
