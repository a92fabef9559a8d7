//! What must not stand on a command line, where others can read it: the first line of a file.

use std::path::Path;

use anyhow::Context;
use zeroize::Zeroizing;

pub(super) fn first_line(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read; check the path", path.display()))?;
    let text = Zeroizing::new(text);
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}
