//! A driver's page, drawn on through GDI.
#![allow(
    unsafe_code,
    reason = "GDI has no safe calls; every handle and buffer lives longer than the call that takes it"
)]

use image::RgbImage;
use windows::Win32::Graphics::Gdi::{
    BI_RGB, BITMAPINFO, BITMAPINFOHEADER, CreateDCW, DIB_RGB_COLORS, DeleteDC, GET_DEVICE_CAPS_INDEX,
    GetDeviceCaps, HALFTONE, HDC, LOGPIXELSX, LOGPIXELSY, PHYSICALHEIGHT, PHYSICALOFFSETX, PHYSICALOFFSETY,
    PHYSICALWIDTH, SRCCOPY, SetBrushOrgEx, SetStretchBltMode, StretchDIBits,
};
use windows::Win32::Storage::Xps::{AbortDoc, DOCINFOW, EndDoc, EndPage, StartDocW, StartPage};
use windows::core::{Error, HSTRING, PCWSTR, w};

use super::spooler::Mode;
use crate::printing::placing::Axis;

const BITS_PER_PIXEL: u16 = 24;
/// The rows of a device-independent bitmap begin at multiples of so many bytes.
const ROW_STEP: usize = 4;

/// A sheet of pixels with its density.
pub struct Sheet<'a> {
    pub pixels: &'a RgbImage,
    pub dpi: u32,
}

/// A page as the driver's settings make it. Dropped, it is given back.
pub struct Page {
    device: HDC,
}

/// Why a page was not printed.
pub enum Broken {
    /// Nothing was handed over.
    Nothing(Error),
    /// The page was drawn; nobody knows whether the spooler took it.
    Unknown(Error),
}

impl Page {
    pub fn open(printer: &str, mode: &Mode) -> Result<Self, Error> {
        // SAFETY: the strings and the mode outlive the call, which copies them.
        let device = unsafe {
            CreateDCW(w!("WINSPOOL"), &HSTRING::from(printer), PCWSTR::null(), Some(mode.as_ptr()))
        };
        if device.is_invalid() { Err(Error::from_thread()) } else { Ok(Self { device }) }
    }

    /// Across and down.
    pub fn axes(&self) -> [Axis; 2] {
        // SAFETY: the device is open as long as `self`.
        let value = |index: GET_DEVICE_CAPS_INDEX| unsafe { GetDeviceCaps(Some(self.device), index) };
        [
            Axis {
                dpi: value(LOGPIXELSX),
                paper_px: value(PHYSICALWIDTH),
                border_px: value(PHYSICALOFFSETX),
            },
            Axis {
                dpi: value(LOGPIXELSY),
                paper_px: value(PHYSICALHEIGHT),
                border_px: value(PHYSICALOFFSETY),
            },
        ]
    }

    /// Prints one sheet in the middle of the page at its true size; gives the number of its job. `begun` is told the
    /// number before anything is drawn.
    pub fn print(
        self,
        name: &str,
        sheet: &Sheet<'_>,
        begun: impl FnOnce(i32) -> Result<(), Error>,
    ) -> Result<i32, Broken> {
        let name = HSTRING::from(name);
        let about = DOCINFOW {
            cbSize: size_of::<DOCINFOW>() as i32,
            lpszDocName: PCWSTR(name.as_ptr()),
            ..DOCINFOW::default()
        };
        // SAFETY: `about` and the name in it outlive the call.
        let number = unsafe { StartDocW(self.device, &raw const about) };
        if number <= 0 {
            return Err(Broken::Nothing(Error::from_thread()));
        }
        if let Err(error) = begun(number).and_then(|()| self.draw(sheet)) {
            // SAFETY: the device is open, and the document was begun on it.
            unsafe { AbortDoc(self.device) };
            return Err(Broken::Nothing(error));
        }
        // SAFETY: as above.
        let ended = unsafe { EndDoc(self.device) };
        if ended > 0 { Ok(number) } else { Err(Broken::Unknown(Error::from_thread())) }
    }

    fn draw(&self, sheet: &Sheet<'_>) -> Result<(), Error> {
        let [across, down] = self.axes();
        let (width_px, height_px) = sheet.pixels.dimensions();
        let (x, y) = (across.place(width_px, sheet.dpi), down.place(height_px, sheet.dpi));
        let (width, height) = (width_px as i32, height_px as i32);
        let header = BITMAPINFOHEADER {
            biSize: size_of::<BITMAPINFOHEADER>() as u32,
            biWidth: width,
            biHeight: height,
            biPlanes: 1,
            biBitCount: BITS_PER_PIXEL,
            biCompression: BI_RGB.0,
            ..BITMAPINFOHEADER::default()
        };
        let info = BITMAPINFO { bmiHeader: header, ..BITMAPINFO::default() };
        let bits = bitmap(sheet.pixels);
        // SAFETY: the device is open; `bits` has the rows and columns that `info` tells, and both outlive the calls.
        let is_drawn = unsafe {
            let begun = StartPage(self.device) > 0;
            SetStretchBltMode(self.device, HALFTONE);
            let _ = SetBrushOrgEx(self.device, 0, 0, None);
            begun
                && StretchDIBits(
                    self.device,
                    x.start,
                    y.start,
                    x.length,
                    y.length,
                    0,
                    0,
                    width,
                    height,
                    Some(bits.as_ptr().cast()),
                    &raw const info,
                    DIB_RGB_COLORS,
                    SRCCOPY,
                ) > 0
                && EndPage(self.device) > 0
        };
        if is_drawn { Ok(()) } else { Err(Error::from_thread()) }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: nothing uses the device after this.
        let _ = unsafe { DeleteDC(self.device) };
    }
}

/// Blue, green, red from the last row to the first, as every driver takes it.
fn bitmap(pixels: &RgbImage) -> Vec<u8> {
    let used = pixels.width() as usize * 3;
    let row_bytes = used.next_multiple_of(ROW_STEP);
    let mut bits = vec![0; row_bytes * pixels.height() as usize];
    let rows = pixels.as_raw().chunks_exact(used.max(1)).rev();
    for (out, row) in bits.chunks_exact_mut(row_bytes.max(1)).zip(rows) {
        for (out, rgb) in out.chunks_exact_mut(3).zip(row.chunks_exact(3)) {
            out.copy_from_slice(&[rgb[2], rgb[1], rgb[0]]);
        }
    }
    bits
}
