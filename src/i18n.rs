//! Text by key in zh-CN and en.
