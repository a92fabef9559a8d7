//! The places of the desk.

/// Where the person is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    #[default]
    Queue,
    Review,
    PrintRoom,
    Statistics,
    OnSite,
    Settings,
}

impl Route {
    /// In the order of the rail; the last stands apart at its foot.
    pub const ALL: [Self; 6] =
        [Self::Queue, Self::Review, Self::PrintRoom, Self::Statistics, Self::OnSite, Self::Settings];

    /// Locale key of the place's name.
    pub const fn label_key(self) -> &'static str {
        match self {
            Self::Queue => key("route.queue"),
            Self::Review => key("route.review"),
            Self::PrintRoom => key("route.print_room"),
            Self::Statistics => key("route.statistics"),
            Self::OnSite => key("route.on_site"),
            Self::Settings => key("route.settings"),
        }
    }
}

/// Marks a locale key, so that a test can find every one.
pub const fn key(key: &'static str) -> &'static str {
    key
}
