//! The cameras of the on-site screen: found, opened, released, off the window's thread.

use std::path::Path;
use std::sync::Arc;

use super::Session;
use crate::camera::CameraInfo;
use crate::camera::tether::{self, Tether};
use crate::i18n::words;
use crate::submission::Subject;
use crate::ui::app::Equipment;
use crate::ui::crew::{Crew, Done};
use crate::ui::problem;
use crate::ui::screens::on_site::OnSiteDone;
use crate::workflow::collect::live::{Live, LiveSaid};
use crate::workflow::collect::{Collecting, Happened};
use crate::workflow::{Desk, DeskError};

impl Session {
    pub(super) fn find_cameras(crew: &Crew, equipment: &Equipment) {
        let cameras = Arc::clone(&equipment.cameras);
        crew.start(move || {
            let tethered = tether::list(&tether::program()).unwrap_or_default();
            let found = match cameras.list() {
                Ok(found) => Ok(found.into_iter().chain(tethered).collect()),
                Err(_) if !tethered.is_empty() => Ok(tethered),
                Err(error) => Err(problem::text(error.code(), &error.to_string())),
            };
            Done::OnSite(OnSiteDone::Cameras(found))
        });
    }

    /// Lets gphoto2 put the photos of a camera on a cable into the watched folder.
    fn begin_tether(&mut self, port: &str, name: String, crew: &Crew) {
        let folder = self.on_site.collecting().and_then(|session| session.folder().map(Path::to_owned));
        let Some(folder) = folder else {
            self.on_site.set_warning(words!("onsite.tether_needs_folder").into_owned());
            return;
        };
        let report = crew.reporter();
        let tether = Tether::begin(tether::program(), port, folder, move |said| {
            report(Done::OnSite(OnSiteDone::TetherSaid(said)));
        });
        self.on_site.tethered(tether, name);
    }

    /// Opens a camera in the running session, or in a new one whose photos come from it alone.
    pub(super) fn open_camera(
        &mut self,
        batch: String,
        camera: CameraInfo,
        crew: &Crew,
        equipment: &Equipment,
    ) {
        if let Some(port) = tether::port_of(&camera.id) {
            return self.begin_tether(port, camera.name, crew);
        }
        self.on_site.set_starting();
        let (desk, running) = (self.desk.clone(), self.on_site.collecting());
        let (cameras, ctx) = (Arc::clone(&equipment.cameras), crew.context().clone());
        let (report, present) = (crew.reporter(), self.on_site.person().cloned());
        let report = Arc::new(report);
        crew.start(move || {
            let heard = Arc::clone(&report);
            let session = match running {
                Some(running) => Ok(running),
                None => begin_alone(desk, &batch, present.as_ref(), move |happened| {
                    heard(Done::OnSite(OnSiteDone::Happened(happened)));
                }),
            };
            let opened = session.map(|session| {
                let live = Live::begin(cameras, &camera.id, session, move |said| match said {
                    LiveSaid::Picture => ctx.request_repaint(),
                    said => report(Done::OnSite(OnSiteDone::LiveSaid(said))),
                });
                (Arc::new(live), camera.name)
            });
            Done::OnSite(OnSiteDone::CameraOpened(opened.map_err(|error| problem::of(&error))))
        });
    }

    pub(super) fn release(&mut self) {
        let Some(released) = self.on_site.live().map(|view| view.live.release()) else { return };
        if let Err(error) = released {
            self.on_site.set_warning(problem::of(&error));
        }
    }
}

/// A session without a folder; whoever was found already stands before the camera.
fn begin_alone(
    desk: Arc<Desk>,
    batch: &str,
    present: Option<&Subject>,
    tell: impl Fn(Happened) + Send + Sync + 'static,
) -> Result<Arc<Collecting>, DeskError> {
    let session = Arc::new(Collecting::begin(desk, batch, None, tell)?);
    if let Some(present) = present {
        session.step_up(present)?;
    }
    Ok(session)
}
