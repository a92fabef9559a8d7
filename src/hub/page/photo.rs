//! Taking the photo: by the camera with guide lines, or from the album; then the check, and the draft is kept.

use std::sync::Arc;

use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use image::RgbImage;
use maud::{Markup, html};

use super::forms::{Parts, parts_text, piece, token_field};
use super::guides::Guides;
use super::mine::{Mine, mine};
use super::rules::standard_of;
use super::shell::{Head, shell};
use super::student::as_student;
use super::visit::Visit;
use crate::hub::Hub;
use crate::hub::error::{HubError, fault};
use crate::hub::upload::too_large;
use crate::i18n::words;
use crate::inspect::Report;
use crate::photo::decode::decode;
use crate::photo::encode::{JpegSetting, Subsampling, encode_jpeg_at};
use crate::photo::resize::resize;
use crate::photo::units::Dpi;
use crate::standard::Standard;
use crate::store::blobs::StagedPhoto;
use crate::store::spool::Spool;

/// Screens have no density of paper.
const SCREEN: Dpi = Dpi(72);

pub(super) async fn photo(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let done = async {
        let mine = mine(&hub, &visit).await?;
        if !mine.may_send() {
            return Ok(Visit::go("/my"));
        }
        let sources = mine.sources();
        if !sources.camera && !sources.album {
            return Err(HubError::new(
                409,
                "on_site_only",
                "photos of this batch are taken on site",
                "go there",
            ));
        }
        let standard = standard_of(&hub, &mine.student)?;
        let page = visit.language.speaking(|| draw(&hub, &visit, &mine, standard));
        Ok(visit.page(&hub, StatusCode::OK, &page))
    };
    visit.answer(&hub, done.await)
}

/// Takes the file, checks it, keeps it as the draft.
pub(super) async fn take(State(hub): State<Arc<Hub>>, visit: Visit, multipart: Multipart) -> Response {
    let done = async {
        let mine = mine(&hub, &visit).await?;
        let standard = mine.student.batch.standard.clone();
        let spool = arrived(&hub, &visit, multipart).await?;
        if !mine.may_send() {
            return Ok(Visit::go("/my"));
        }
        keep(&hub, mine.student.subject.id, standard, spool).await?;
        Ok(Visit::go("/my/check"))
    };
    visit.answer(&hub, done.await)
}

/// The file of the form, sealed on disk while it arrives.
async fn arrived(hub: &Arc<Hub>, visit: &Visit, multipart: Multipart) -> Result<Spool, HubError> {
    let most = hub.limits.requests.max_photo_bytes;
    let mut parts = Parts::open(hub, visit, multipart).await?;
    let mut spool = hub.read(|hub| Ok(hub.store.begin_photo()?)).await?;
    while let Some(mut field) = parts.next().await? {
        if field.name() != Some("photo") {
            parts_text(hub, field).await?;
            continue;
        }
        // A browser sends an input that was left alone as an empty file.
        while let Some(bytes) = piece(hub, &mut field).await? {
            if spool.bytes() + bytes.len() as u64 > most {
                return Err(too_large(most));
            }
            spool = hub
                .read(move |_| {
                    spool.write(&bytes)?;
                    Ok(spool)
                })
                .await?;
        }
    }
    if spool.bytes() == 0 {
        return Err(HubError::new(422, "no_photo", "no photo was chosen", "take or choose one first"));
    }
    Ok(spool)
}

async fn keep(hub: &Arc<Hub>, subject: String, standard: String, spool: Spool) -> Result<(), HubError> {
    let (made, staged) = {
        let _one_of_few = hub.pages.engine.turn().await?;
        hub.read(move |hub| examined(hub, &standard, spool)).await?
    };
    hub.keep_photo(staged).await?;
    as_student(hub, move |tx, call| {
        tx.record_photo(&made.sha256, made.bytes, call.now_ms)?;
        if let Some(preview) = &made.preview {
            tx.set_preview(&made.sha256, preview)?;
        }
        tx.set_draft(&subject, &made.sha256, &Ok(made.report), call.now_ms)?;
        Ok(())
    })
    .await
}

/// A photo that was checked.
struct Examined {
    sha256: String,
    bytes: u64,
    preview: Option<Vec<u8>>,
    report: Report,
}

fn examined(hub: &Hub, standard: &str, spool: Spool) -> Result<(Examined, StagedPhoto), HubError> {
    let (sha256, content) = spool.finish()?;
    let photo = decode(&content, &hub.photo_limits)
        .map_err(|error| HubError { status: 415, fault: fault(error.code(), &error.to_string()) })?;
    let standard =
        hub.standards.get(standard).map_err(|_| HubError::bug("the batch's standard is unknown"))?;
    let report = hub.pages.engine.check(&photo, standard)?;
    let preview = preview(hub, &photo.pixels);
    let bytes = content.len() as u64;
    let staged = hub.store.stage_photo(&sha256, content)?;
    Ok((Examined { sha256, bytes, preview, report }, staged))
}

fn preview(hub: &Hub, pixels: &RgbImage) -> Option<Vec<u8>> {
    let limits = &hub.limits.page;
    let (width, height) = pixels.dimensions();
    let longest = width.max(height).max(1);
    let side = |px: u32| (u64::from(px) * u64::from(limits.preview_px) / u64::from(longest)).max(1) as u32;
    let small = if longest > limits.preview_px { &resize(pixels, side(width), side(height)) } else { pixels };
    let setting = JpegSetting {
        quality: limits.preview_quality,
        dpi: SCREEN,
        subsampling: Subsampling::Chroma420,
        optimized_tables: false,
        embed_icc: false,
    };
    encode_jpeg_at(small, setting).ok().map(|jpeg| jpeg.bytes)
}

fn draw(hub: &Hub, visit: &Visit, mine: &Mine, standard: &Standard) -> Markup {
    let title = words!("page.photo.title");
    let guides = Guides::of(standard);
    let sources = mine.sources();
    let body = html! {
        h1 { (title) }
        p.lead {
            @match (sources.camera, sources.album) {
                (true, true) => (words!("page.photo.lead")),
                (true, false) => (words!("page.photo.lead_camera")),
                (false, _) => (words!("page.photo.lead_album")),
            }
        }
        form #shoot action="/my/photo" method="post" enctype="multipart/form-data" data-busy=(words!("page.photo.busy")) {
            (token_field(hub, visit))
            @if sources.camera {
                div.viewfinder #viewfinder hidden {
                    video muted playsinline aria-label=(words!("page.photo.viewfinder")) {}
                    (guides.overlay())
                }
                p.hint.centred #viewfinder-hint hidden { (words!("page.photo.lines")) }
                div.row.scripted hidden {
                    button.primary type="button" data-camera-open { (words!("page.photo.open")) }
                    button.primary.shutter type="button" data-camera-take hidden { (words!("page.photo.take")) }
                    button.secondary type="button" data-camera-close hidden { (words!("page.photo.close")) }
                }
                p.told #camera-told role="status" data-refused=(words!("page.photo.no_camera"))
                    data-ready=(words!("page.photo.ready")) {}
                div.field {
                    input #camera type="file" name="photo" accept="image/jpeg,image/png,image/webp" capture="environment";
                    label for="camera" { (words!("page.photo.by_camera")) }
                }
            }
            @if sources.album {
                div.field {
                    input #album type="file" name="photo" accept="image/jpeg,image/png,image/webp" aria-describedby="album-hint";
                    label for="album" { (words!("page.photo.by_album")) }
                    p.hint #album-hint { (words!("page.photo.album_hint")) }
                }
            }
            button.unscripted { (words!("page.photo.send")) }
        }
        p.small { a href="/my/rules" { (words!("page.photo.rules")) } }
    };
    shell(hub, visit, &Head { title: &title, scripts: &["shoot.js"], switch_to: "/my/photo" }, &body)
}
