//! The icons of the desk, by what they stand for.

use egui_material_icons::icons as material;

pub const QUEUE: &str = material::ICON_INBOX.codepoint;
pub const REVIEW: &str = material::ICON_FACT_CHECK.codepoint;
pub const PRINT_ROOM: &str = material::ICON_PRINT.codepoint;
pub const ON_SITE: &str = material::ICON_PHOTO_CAMERA.codepoint;
pub const SETTINGS: &str = material::ICON_SETTINGS.codepoint;
pub const ADD: &str = material::ICON_ADD.codepoint;
pub const IMPORT: &str = material::ICON_ADD_PHOTO_ALTERNATE.codepoint;
pub const FOLDER: &str = material::ICON_FOLDER_OPEN.codepoint;
pub const FILES: &str = material::ICON_PHOTO_LIBRARY.codepoint;
pub const SEARCH: &str = material::ICON_SEARCH.codepoint;
pub const UNDO: &str = material::ICON_UNDO.codepoint;
pub const CLOSE: &str = material::ICON_CLOSE.codepoint;
pub const GUIDES: &str = material::ICON_GRID_GUIDES.codepoint;
pub const PREVIOUS: &str = material::ICON_CHEVRON_LEFT.codepoint;
pub const NEXT: &str = material::ICON_CHEVRON_RIGHT.codepoint;
pub const UNFOLD: &str = material::ICON_EXPAND_MORE.codepoint;
pub const DAMAGED: &str = material::ICON_BROKEN_IMAGE.codepoint;
pub const PHOTO: &str = material::ICON_IMAGE.codepoint;
pub const DONE: &str = material::ICON_TASK_ALT.codepoint;
pub const PROBLEM: &str = material::ICON_ERROR.codepoint;
pub const CLIPPING: &str = material::ICON_CONTRAST.codepoint;
pub const LOUPE: &str = material::ICON_ZOOM_IN.codepoint;
pub const SHEET: &str = material::ICON_GRID_VIEW.codepoint;
pub const TABLE: &str = material::ICON_TABLE_ROWS.codepoint;
pub const STATISTICS: &str = material::ICON_BAR_CHART.codepoint;
pub const KEYS: &str = material::ICON_KEYBOARD.codepoint;
