//! The print spooler of Windows: its printers, what their drivers can do, and their jobs.
#![allow(
    unsafe_code,
    reason = "winspool has no safe calls; every buffer is as large as the call before said"
)]

use windows::Win32::Foundation::ERROR_INVALID_PARAMETER;
use windows::Win32::Graphics::Gdi::{
    DEVMODEW, DM_COLOR, DM_COPIES, DM_DUPLEX, DM_IN_BUFFER, DM_ORIENTATION, DM_OUT_BUFFER, DM_PAPERSIZE,
    DM_PRINTQUALITY, DM_SCALE, DM_YRESOLUTION, DMCOLOR_COLOR, DMDUP_SIMPLEX,
};
use windows::Win32::Graphics::Printing::{
    ClosePrinter, DocumentPropertiesW, EnumJobsW, EnumPrintersW, GetPrinterW, JOB_CONTROL_DELETE,
    JOB_CONTROL_RETAIN, JOB_INFO_1W, OpenPrinterW, PRINTER_ENUM_CONNECTIONS, PRINTER_ENUM_LOCAL,
    PRINTER_HANDLE, PRINTER_INFO_2W, PRINTER_INFO_4W, SetJobW,
};
use windows::Win32::Storage::Xps::{
    DC_COLORDEVICE, DC_COPIES, DC_ENUMRESOLUTIONS, DC_PAPERNAMES, DC_PAPERS, DC_PAPERSIZE,
    DeviceCapabilitiesW, PRINTER_DEVICE_CAPABILITIES,
};
use windows::core::{Error, HSTRING, PCWSTR, PWSTR, Result};

/// Characters of a paper's name, and more than the jobs of any queue.
const NAME_CHARACTERS: usize = 64;
const MOST_JOBS: u32 = 10_000;
const PORTRAIT: i16 = 1;
const LANDSCAPE: i16 = 2;
/// Per cent.
const TRUE_SIZE: i16 = 100;

/// An open printer. Dropped, it is closed.
pub struct Printer {
    handle: PRINTER_HANDLE,
    name: HSTRING,
}

/// What the spooler says of a printer.
pub struct State {
    pub driver: String,
    pub port: HSTRING,
    pub status: u32,
    pub attributes: u32,
    pub jobs: u32,
}

/// A paper of the driver: its number and its size in tenths of a millimetre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    pub number: i16,
    pub name: String,
    pub width: i32,
    pub height: i32,
}

/// What a driver is asked for.
pub struct Asked {
    pub paper: i16,
    pub landscape: bool,
    pub color: bool,
    pub one_sided: bool,
    pub dpi: Option<i32>,
    pub copies: u32,
}

/// A driver's settings, with whatever it keeps behind them.
pub struct Mode(Vec<u64>);

impl Mode {
    pub fn as_ptr(&self) -> *const DEVMODEW {
        self.0.as_ptr().cast()
    }
}

/// The names of all printers of this computer and those it is connected to.
pub fn names() -> Result<Vec<String>> {
    const LEVEL: u32 = 4;
    let flags = PRINTER_ENUM_LOCAL | PRINTER_ENUM_CONNECTIONS;
    let (mut needed, mut count) = (0, 0);
    // SAFETY: without a buffer the call only says how large one must be.
    let _ = unsafe { EnumPrintersW(flags, PCWSTR::null(), LEVEL, None, &raw mut needed, &raw mut count) };
    if needed == 0 {
        return Ok(Vec::new());
    }
    let mut buffer = aligned(needed);
    let bytes = as_bytes(&mut buffer);
    // SAFETY: the buffer is as long as its slice tells.
    unsafe { EnumPrintersW(flags, PCWSTR::null(), LEVEL, Some(bytes), &raw mut needed, &raw mut count)? };
    // SAFETY: the call wrote so many structures to the beginning, and their texts behind them.
    let found =
        unsafe { std::slice::from_raw_parts(buffer.as_ptr().cast::<PRINTER_INFO_4W>(), count as usize) };
    Ok(found.iter().map(|printer| text(printer.pPrinterName)).collect())
}

impl Printer {
    pub fn open(name: &str) -> Result<Self> {
        let (mut handle, name) = (PRINTER_HANDLE::default(), HSTRING::from(name));
        // SAFETY: the name outlives the call, and the handle is written to.
        unsafe { OpenPrinterW(&name, &raw mut handle, None)? };
        Ok(Self { handle, name })
    }

    pub fn state(&self) -> Result<State> {
        const LEVEL: u32 = 2;
        let mut needed = 0;
        // SAFETY: without a buffer the call only says how large one must be.
        let _ = unsafe { GetPrinterW(self.handle, LEVEL, None, &raw mut needed) };
        let mut buffer = aligned(needed.max(size_of::<PRINTER_INFO_2W>() as u32));
        let bytes = as_bytes(&mut buffer);
        // SAFETY: the buffer is as long as its slice tells.
        unsafe { GetPrinterW(self.handle, LEVEL, Some(bytes), &raw mut needed)? };
        // SAFETY: the call wrote one structure to the beginning, and its texts behind it.
        let about = unsafe { &*buffer.as_ptr().cast::<PRINTER_INFO_2W>() };
        Ok(State {
            driver: text(about.pDriverName),
            port: HSTRING::from(text(about.pPortName)),
            status: about.Status,
            attributes: about.Attributes,
            jobs: about.cJobs,
        })
    }

    /// The papers of the driver; none where it does not say.
    pub fn papers(&self, port: &HSTRING) -> Vec<Paper> {
        let numbers: Vec<i16> = self.list(port, DC_PAPERS, 1);
        let sizes: Vec<i32> = self.list(port, DC_PAPERSIZE, 2);
        let names: Vec<u16> = self.list(port, DC_PAPERNAMES, NAME_CHARACTERS);
        let names = names.chunks_exact(NAME_CHARACTERS).map(|name| {
            let end = name.iter().position(|unit| *unit == 0).unwrap_or(name.len());
            String::from_utf16_lossy(&name[..end])
        });
        let papers = numbers.into_iter().zip(sizes.chunks_exact(2)).zip(names);
        papers.map(|((number, size), name)| Paper { number, name, width: size[0], height: size[1] }).collect()
    }

    /// Dots per inch across and down; none where the driver does not say.
    pub fn resolutions(&self, port: &HSTRING) -> Vec<(i32, i32)> {
        let flat: Vec<i32> = self.list(port, DC_ENUMRESOLUTIONS, 2);
        flat.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    }

    pub fn has_color(&self, port: &HSTRING) -> bool {
        self.capability(port, DC_COLORDEVICE, None) == 1
    }

    pub fn most_copies(&self, port: &HSTRING) -> i32 {
        self.capability(port, DC_COPIES, None).max(1)
    }

    fn capability(&self, port: &HSTRING, which: PRINTER_DEVICE_CAPABILITIES, out: Option<PWSTR>) -> i32 {
        // SAFETY: both names outlive the call; the caller's buffer holds as many values as the call said before.
        unsafe { DeviceCapabilitiesW(&self.name, port, which, out, None) }
    }

    /// A list that the driver writes, so many values an entry.
    fn list<T: Clone + Default>(
        &self,
        port: &HSTRING,
        which: PRINTER_DEVICE_CAPABILITIES,
        per_entry: usize,
    ) -> Vec<T> {
        let Ok(entries @ 1..) = usize::try_from(self.capability(port, which, None)) else {
            return Vec::new();
        };
        let mut values = vec![T::default(); entries * per_entry];
        let written = self.capability(port, which, Some(PWSTR(values.as_mut_ptr().cast())));
        let written = usize::try_from(written).unwrap_or_default().min(entries);
        values.truncate(written * per_entry);
        values
    }

    /// The driver's settings with what is asked for, as the driver agrees to it.
    pub fn mode(&self, asked: &Asked) -> Result<Mode> {
        // SAFETY: with no flags the call only says how many bytes the driver's settings have.
        let bytes = unsafe { DocumentPropertiesW(None, self.handle, &self.name, None, None, 0) };
        let bytes = u32::try_from(bytes).map_err(|_| Error::from_thread())?;
        let mut buffer = aligned(bytes.max(size_of::<DEVMODEW>() as u32));
        let out: *mut DEVMODEW = buffer.as_mut_ptr().cast();
        // SAFETY: the buffer has as many bytes as the driver asked for.
        done(unsafe {
            DocumentPropertiesW(None, self.handle, &self.name, Some(out), None, DM_OUT_BUFFER.0)
        })?;
        // SAFETY: the driver has just written its settings there; nothing else points to them.
        let mode = unsafe { &mut *out };
        mode.dmFields |= DM_PAPERSIZE | DM_ORIENTATION | DM_COPIES | DM_SCALE;
        // SAFETY: of the two readings of these bytes this is the one for printers.
        let sheet = unsafe { &mut mode.Anonymous1.Anonymous1 };
        sheet.dmPaperSize = asked.paper;
        sheet.dmOrientation = if asked.landscape { LANDSCAPE } else { PORTRAIT };
        sheet.dmCopies = i16::try_from(asked.copies).unwrap_or(i16::MAX);
        sheet.dmScale = TRUE_SIZE;
        if let Some(dpi) = asked.dpi.and_then(|dpi| i16::try_from(dpi).ok()) {
            sheet.dmPrintQuality = dpi;
            mode.dmYResolution = dpi;
            mode.dmFields |= DM_PRINTQUALITY | DM_YRESOLUTION;
        }
        if asked.color {
            mode.dmColor = DMCOLOR_COLOR;
            mode.dmFields |= DM_COLOR;
        }
        if asked.one_sided {
            mode.dmDuplex = DMDUP_SIMPLEX;
            mode.dmFields |= DM_DUPLEX;
        }
        let both = DM_IN_BUFFER.0 | DM_OUT_BUFFER.0;
        // SAFETY: the same buffer is read and then written, which the call allows.
        done(unsafe { DocumentPropertiesW(None, self.handle, &self.name, Some(out), Some(out), both) })?;
        // SAFETY: as above.
        let scale = unsafe { (*out).Anonymous1.Anonymous1.dmScale };
        // SAFETY: as above.
        let scales = unsafe { (*out).dmFields }.contains(DM_SCALE) && scale != TRUE_SIZE;
        if scales { Err(ERROR_INVALID_PARAMETER.into()) } else { Ok(Mode(buffer)) }
    }

    /// A job's status; nothing when it is not known any more.
    pub fn job(&self, number: i32) -> Result<Option<u32>> {
        Ok(self.all_jobs()?.into_iter().find(|job| job.0 == number).map(|(_, _, status)| status))
    }

    /// Number and name of every job.
    pub fn jobs(&self) -> Result<Vec<(i32, String)>> {
        Ok(self.all_jobs()?.into_iter().map(|(number, name, _)| (number, name)).collect())
    }

    fn all_jobs(&self) -> Result<Vec<(i32, String, u32)>> {
        const LEVEL: u32 = 1;
        let (mut needed, mut count) = (0, 0);
        let list = |buffer: Option<&mut [u8]>, needed: &mut u32, count: &mut u32| {
            // SAFETY: the buffer is as long as its slice tells.
            unsafe { EnumJobsW(self.handle, 0, MOST_JOBS, LEVEL, buffer, needed, count) }
        };
        let asked = list(None, &mut needed, &mut count);
        if needed == 0 {
            return asked.map(|()| Vec::new());
        }
        let mut buffer = aligned(needed);
        list(Some(as_bytes(&mut buffer)), &mut needed, &mut count)?;
        // SAFETY: the call wrote so many structures to the beginning, and their texts behind them.
        let found =
            unsafe { std::slice::from_raw_parts(buffer.as_ptr().cast::<JOB_INFO_1W>(), count as usize) };
        Ok(found.iter().map(|job| (job.JobId as i32, text(job.pDocument), job.Status)).collect())
    }

    /// Keeps a job after it is out, so that its end can be seen.
    pub fn retain(&self, number: i32) -> Result<()> {
        self.control(number, JOB_CONTROL_RETAIN)
    }

    /// Takes a job back, or lets the spooler forget it.
    pub fn delete(&self, number: i32) -> Result<()> {
        self.control(number, JOB_CONTROL_DELETE)
    }

    fn control(&self, number: i32, command: u32) -> Result<()> {
        // SAFETY: no structure is given.
        unsafe { SetJobW(self.handle, number as u32, 0, None, command) }.ok()
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        // SAFETY: nothing uses the handle after this.
        let _ = unsafe { ClosePrinter(self.handle) };
    }
}

fn done(answer: i32) -> Result<()> {
    if answer > 0 { Ok(()) } else { Err(Error::from_thread()) }
}

/// Room for so many bytes, laid out for every structure of the spooler.
fn aligned(bytes: u32) -> Vec<u64> {
    vec![0; (bytes as usize).div_ceil(size_of::<u64>())]
}

fn as_bytes(buffer: &mut [u64]) -> &mut [u8] {
    // SAFETY: every byte of a number is a byte.
    unsafe { std::slice::from_raw_parts_mut(buffer.as_mut_ptr().cast(), size_of_val(buffer)) }
}

fn text(pointer: PWSTR) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: the spooler's texts end with a zero.
    unsafe { pointer.to_string() }.unwrap_or_default()
}
