//! Tells stories again that other files tell on SQLite and a folder.

/// `told_again! { around module: story story; … }`: each story as a test inside `around` of the file that names it.
macro_rules! told_again {
    ($around:ident $($module:ident: $($name:ident)+;)+) => {$(
        mod $module {
            $(#[test]
            fn $name() {
                super::$around(crate::$module::$name);
            })+
        }
    )+};
}
