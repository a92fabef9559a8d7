//! The user's choices; a broken field falls back to its default.
