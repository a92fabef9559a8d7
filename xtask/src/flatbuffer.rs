//! Reads FlatBuffers tables, the container of TFLite files, with every access checked.

use anyhow::{Context, Result};

/// One table inside a FlatBuffers file.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    file: &'a [u8],
    start: usize,
}

impl<'a> Table<'a> {
    /// The root table of a file.
    pub fn root(file: &'a [u8]) -> Result<Self> {
        Ok(Self { file, start: offset_at(file, 0)? })
    }

    /// A byte field; absent fields read as 0, the schema's default.
    pub fn byte(&self, field: usize) -> Result<i64> {
        self.field(field)?.map_or(Ok(0), |at| Ok(i64::from(bytes_at::<1>(self.file, at)?[0] as i8)))
    }

    /// A 32-bit field; absent fields read as 0, the schema's default.
    pub fn int(&self, field: usize) -> Result<i64> {
        self.field(field)?.map_or(Ok(0), |at| int_at(self.file, at))
    }

    pub fn has(&self, field: usize) -> Result<bool> {
        Ok(self.field(field)?.is_some())
    }

    /// A sub-table that must be present.
    pub fn table(&self, field: usize) -> Result<Table<'a>> {
        let at = self.field(field)?.with_context(|| format!("table field {field} is absent"))?;
        Ok(Self { file: self.file, start: at + offset_at(self.file, at)? })
    }

    /// A vector of 32-bit integers; empty when absent.
    pub fn ints(&self, field: usize) -> Result<Vec<i64>> {
        let (start, count) = self.vector(field)?;
        (0..count).map(|index| int_at(self.file, start + 4 * index)).collect()
    }

    /// A vector of bytes or a string; empty when absent.
    pub fn bytes(&self, field: usize) -> Result<&'a [u8]> {
        let (start, count) = self.vector(field)?;
        self.file.get(start..start + count).context("a byte vector runs past the end of the file")
    }

    /// A vector of tables; empty when absent.
    pub fn tables(&self, field: usize) -> Result<Vec<Table<'a>>> {
        let (start, count) = self.vector(field)?;
        (0..count)
            .map(|index| {
                let at = start + 4 * index;
                Ok(Self { file: self.file, start: at + offset_at(self.file, at)? })
            })
            .collect()
    }

    /// Position of a field's value, by the table's own list of offsets.
    fn field(&self, field: usize) -> Result<Option<usize>> {
        let offsets = usize::try_from(self.start as i64 - int_at(self.file, self.start)?)
            .context("a table's offset list lies before the file")?;
        let entry = 4 + 2 * field;
        if entry >= short_at(self.file, offsets)? {
            return Ok(None);
        }
        let value = short_at(self.file, offsets + entry)?;
        Ok((value != 0).then_some(self.start + value))
    }

    fn vector(&self, field: usize) -> Result<(usize, usize)> {
        let Some(at) = self.field(field)? else { return Ok((0, 0)) };
        let vector = at + offset_at(self.file, at)?;
        Ok((vector + 4, offset_at(self.file, vector)?))
    }
}

fn bytes_at<const N: usize>(file: &[u8], at: usize) -> Result<[u8; N]> {
    file.get(at..)
        .and_then(|rest| rest.first_chunk::<N>())
        .copied()
        .with_context(|| format!("an offset points past the end of the file ({at})"))
}

fn int_at(file: &[u8], at: usize) -> Result<i64> {
    Ok(i64::from(i32::from_le_bytes(bytes_at(file, at)?)))
}

fn offset_at(file: &[u8], at: usize) -> Result<usize> {
    Ok(u32::from_le_bytes(bytes_at(file, at)?) as usize)
}

fn short_at(file: &[u8], at: usize) -> Result<usize> {
    Ok(usize::from(u16::from_le_bytes(bytes_at(file, at)?)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    /// A root table whose single field holds the 32-bit value 7.
    fn one_field() -> Vec<u8> {
        let mut file = vec![];
        file.extend(12u32.to_le_bytes()); // root table at 12
        file.extend([0, 0]); // padding
        file.extend(6u16.to_le_bytes()); // offset list at 6: its length
        file.extend(8u16.to_le_bytes()); // table length
        file.extend(4u16.to_le_bytes()); // field 0 at +4
        file.extend(6i32.to_le_bytes()); // the offset list lies 6 before the table
        file.extend(7i32.to_le_bytes());
        file
    }

    #[test]
    fn a_field_is_found_and_an_absent_one_is_zero() {
        let file = one_field();
        let table = Table::root(&file).unwrap();
        assert_eq!(table.int(0).unwrap(), 7);
        assert_eq!(table.int(1).unwrap(), 0);
        assert!(!table.has(1).unwrap());
    }

    #[test]
    fn a_cut_file_is_an_error() {
        let file = one_field();
        assert!(Table::root(&file[..14]).and_then(|table| table.int(0)).is_err());
    }
}
