//! The system's file dialogs behind a trait; where there are none the person types a path instead.

use std::path::PathBuf;

/// Asks the person for files or a folder. Blocks; call it off the window's thread.
pub trait FilePicker: Send + Sync {
    /// Empty when cancelled or when no dialog could be shown.
    fn photos(&self, title: &str) -> Vec<PathBuf>;

    fn folder(&self, title: &str) -> Option<PathBuf>;
}

/// The operating system's own dialogs.
pub struct SystemPicker;

impl FilePicker for SystemPicker {
    fn photos(&self, title: &str) -> Vec<PathBuf> {
        rfd::FileDialog::new().set_title(title).pick_files().unwrap_or_default()
    }

    fn folder(&self, title: &str) -> Option<PathBuf> {
        rfd::FileDialog::new().set_title(title).pick_folder()
    }
}

/// Shows a folder in the system's file manager.
pub fn open_folder(folder: &std::path::Path) -> std::io::Result<()> {
    let program = if cfg!(target_os = "windows") {
        "explorer"
    } else if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let mut child = std::process::Command::new(program)
        .arg(folder)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()?;
    // Reaps the file manager's starter when it ends, so that none is left behind.
    std::thread::spawn(move || child.wait());
    Ok(())
}

/// Tells of a failure in a system dialog, where there is a display; returns when the person has read it.
pub fn tell(text: &str) {
    let has_display = !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if has_display {
        rfd::MessageDialog::new()
            .set_level(rfd::MessageLevel::Error)
            .set_title("Photodesk 验像台")
            .set_description(text)
            .show();
    }
}
