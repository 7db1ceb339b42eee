//! Pictures and texts on their way to the decoder: from the camera, a file, the clipboard, a drop.

use super::deferred::Deferred;
use crate::islands::js_object::{get, object};
use js_sys::{Array, Function, Object};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, DataTransfer, Element, Event, File, HtmlCanvasElement,
    HtmlInputElement, HtmlVideoElement, ImageBitmap, ImageBitmapOptions, ImageOrientation, Window,
};

/// How long the decoder may think about a live frame, in milliseconds.
const LIVE_PATIENCE: u32 = 1000;
/// How long it may think about a photo, in milliseconds: it stops by itself after 3 s, and slow phones are late to look.
const STILL_PATIENCE: u32 = 6000;
/// The long side of a picture that the page must draw itself.
const DRAWN_LONG_SIDE: f64 = 1280.0;
/// The long side of a photo that the page must draw itself: a code may be small in it; no larger
/// than the decoder looks at.
const DRAWN_STILL_LONG_SIDE: f64 = 2560.0;

/// A picture as the decoder takes it.
#[derive(Debug)]
pub enum Picture {
    /// A frame of the camera.
    Live(ImageBitmap),
    /// A photo.
    Still(ImageBitmap),
    /// Either of them, drawn by the page where workers have no canvas.
    Drawn { pixels: JsValue, width: u32, height: u32, still: bool },
}

impl Picture {
    /// The camera's picture now.
    pub async fn live(
        window: &Window,
        video: &HtmlVideoElement,
        bitmaps: bool,
    ) -> Result<Self, JsValue> {
        let made = window.create_image_bitmap_with_html_video_element(video)?;
        let bitmap = JsFuture::from(made).await?.unchecked_into();
        if bitmaps { Ok(Self::Live(bitmap)) } else { drawn(window, &bitmap, false) }
    }

    /// A photo, upright.
    pub async fn still(window: &Window, photo: &Blob, bitmaps: bool) -> Result<Self, JsValue> {
        let options = ImageBitmapOptions::new();
        options.set_image_orientation(ImageOrientation::FromImage);
        let upright =
            window.create_image_bitmap_with_blob_and_image_bitmap_options(photo, &options);
        let made = match upright {
            Ok(made) => JsFuture::from(made).await,
            Err(error) => Err(error),
        };
        let bitmap = match made {
            Ok(bitmap) => bitmap,
            // Older browsers refuse the option.
            Err(_) => JsFuture::from(window.create_image_bitmap_with_blob(photo)?).await?,
        };
        let bitmap = bitmap.unchecked_into();
        if bitmaps { Ok(Self::Still(bitmap)) } else { drawn(window, &bitmap, true) }
    }

    /// How long to wait for the answer, in milliseconds.
    pub fn patience(&self) -> u32 {
        match self {
            Self::Still(_) | Self::Drawn { still: true, .. } => STILL_PATIENCE,
            Self::Live(_) | Self::Drawn { .. } => LIVE_PATIENCE,
        }
    }

    /// The message that carries it.
    pub fn message(&self, id: u32) -> Object {
        let id = ("id", JsValue::from(id));
        match self {
            Self::Live(bitmap) => object(&[id, ("bitmap", bitmap.into())]),
            Self::Still(bitmap) => object(&[id, ("still", bitmap.into())]),
            Self::Drawn { pixels, width, height, still } => object(&[
                id,
                // That it is there makes it a photo.
                ("still", if *still { JsValue::TRUE } else { JsValue::UNDEFINED }),
                ("pixels", pixels.clone()),
                ("width", JsValue::from(*width)),
                ("height", JsValue::from(*height)),
            ]),
        }
    }

    /// What of it moves to the decoder without being copied.
    pub fn transfer(&self) -> Array {
        match self {
            Self::Live(bitmap) | Self::Still(bitmap) => Array::of1(bitmap),
            Self::Drawn { pixels, .. } => Array::of1(pixels),
        }
    }
}

/// The bitmap as pixels (Safari before 16.4).
fn drawn(window: &Window, bitmap: &ImageBitmap, still: bool) -> Result<Picture, JsValue> {
    let longest = f64::from(bitmap.width().max(bitmap.height()));
    let most = if still { DRAWN_STILL_LONG_SIDE } else { DRAWN_LONG_SIDE };
    let scale = (most / longest).min(1.0);
    let side = |length: u32| (f64::from(length) * scale).round().max(1.0);
    let (width, height) = (side(bitmap.width()), side(bitmap.height()));
    let document = window.document().ok_or("no document")?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.unchecked_into();
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = canvas.get_context("2d")?.ok_or("no 2D canvas")?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, width, height)?;
    bitmap.close();
    let data = context.get_image_data(0.0, 0.0, width, height)?;
    // Taken as JavaScript holds it: through the bindings it would be copied into wasm and back.
    let pixels = get(&get(&data, "data"), "buffer");
    Ok(Picture::Drawn { pixels, width: width as u32, height: height as u32, still })
}

/// Waits until the camera has a new picture, or at most half a second.
pub async fn next_frame(window: &Window, video: &HtmlVideoElement) {
    let frame = Deferred::new();
    let asked = match get(video, "requestVideoFrameCallback").dyn_into::<Function>() {
        Ok(request) => request.call1(video, frame.callback()).is_ok(),
        Err(_) => window.request_animation_frame(frame.callback()).is_ok(),
    };
    frame.wait(if asked { 500 } else { 80 }).await;
}

/// The file that was chosen; the same one can be chosen again afterwards.
pub fn chosen(event: &Event) -> Option<File> {
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = input.files()?.get(0);
    input.set_value("");
    file
}

/// The first file of a paste or a drop.
pub fn dropped_file(data: &DataTransfer) -> Option<File> {
    data.files()?.get(0)
}

/// Whether a drag brings files: anything else is left to the browser.
pub fn brings_files(data: &DataTransfer) -> bool {
    data.types().includes(&JsValue::from("Files"), 0)
}

/// Whether a paste goes into a field: its text belongs there.
pub fn is_for_field(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| {
        element.closest("input, textarea, select, [contenteditable]").ok().flatten().is_some()
    })
}
