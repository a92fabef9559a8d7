//! Numbered PDF objects written one after the other, and the table that tells where each begins.

use std::io::{self, Write};

use pdf_writer::{Chunk, Ref};

/// The second line tells transfer programs that the file is binary.
const HEADER: &[u8] = b"%PDF-1.6\n%\xE2\xE3\xCF\xD3\n";

/// The file so far.
pub(super) struct Objects<W: Write> {
    out: W,
    written: u64,
    /// Where object n + 1 begins; 0 while it is only promised.
    offsets: Vec<u64>,
}

impl<W: Write> Objects<W> {
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(HEADER)?;
        Ok(Self { out, written: HEADER.len() as u64, offsets: Vec::new() })
    }
}

impl Objects<Vec<u8>> {
    /// A file in memory.
    pub fn in_memory() -> Self {
        Self { out: HEADER.to_vec(), written: HEADER.len() as u64, offsets: Vec::new() }
    }
}

impl<W: Write> Objects<W> {
    /// The number of a new object, to be written later.
    pub fn next(&mut self) -> Ref {
        self.offsets.push(0);
        Ref::new(self.offsets.len() as i32)
    }

    /// Writes the one object that `chunk` holds.
    pub fn write(&mut self, id: Ref, chunk: &Chunk) -> io::Result<()> {
        self.offsets[id.get() as usize - 1] = self.written;
        self.put(chunk.as_bytes())
    }

    /// Writes a stream with these entries of its dictionary; `data` is handed on without being copied.
    pub fn write_stream(&mut self, id: Ref, entries: &str, data: &[u8]) -> io::Result<()> {
        self.offsets[id.get() as usize - 1] = self.written;
        let length = data.len();
        self.put(format!("{} 0 obj\n<<{entries}/Length {length}>>\nstream\n", id.get()).as_bytes())?;
        self.put(data)?;
        self.put(b"\nendstream\nendobj\n")
    }

    /// Writes the table and the trailer.
    pub fn finish(mut self, catalog: Ref) -> io::Result<W> {
        let table_at = self.written;
        let size = self.offsets.len() + 1;
        let mut table = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for offset in &self.offsets {
            table.push_str(&format!("{offset:010} 00000 n \n"));
        }
        table.push_str(&format!("trailer\n<</Size {size}/Root {} 0 R>>\n", catalog.get()));
        table.push_str(&format!("startxref\n{table_at}\n%%EOF\n"));
        self.put(table.as_bytes())?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.written += bytes.len() as u64;
        Ok(())
    }
}
