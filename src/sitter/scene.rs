//! One sitter before the camera: builds every part, poses, lights and draws it.

use super::anatomy::Anatomy;
use super::backdrop::backdrop;
use super::body;
use super::eyes;
use super::garment::garments;
use super::glasses::spectacles;
use super::hair::scalp_hair;
use super::hair_light::HairLight;
use super::head::Head;
use super::light::LightRig;
use super::math::{Vec3, smoothstep};
use super::mesh::Mesh;
use super::paint::Painter;
use super::plot::Plot;
use super::render::{self, Plate};
use super::shade::Exposure;
use super::spec::{Companion, SitterSpec};
use super::strand::Strand;
use super::torso::Torso;
use super::truth::{Truth, truth};
use super::view::{Posture, View};

/// The picture in linear light and its truth.
pub fn expose(spec: &SitterSpec) -> (Plate, Truth) {
    match &spec.companion {
        Some(companion) => {
            let (behind, _) = figure(&beside(spec, companion), None);
            figure(spec, Some(behind.color))
        }
        None => figure(spec, None),
    }
}

/// The second person under the first one's light, camera and background.
fn beside(spec: &SitterSpec, companion: &Companion) -> SitterSpec {
    let mut other = companion.spec.clone();
    other.light = spec.light;
    other.background = spec.background;
    other.camera = spec.camera;
    other.camera.off_centre = companion.eye_x - 0.5;
    other.camera.eye_line = companion.eye_y;
    other.camera.head_height = companion.head_height;
    other.companion = None;
    other
}

fn figure(spec: &SitterSpec, behind: Option<Vec<Vec3>>) -> (Plate, Truth) {
    let anatomy = Anatomy::new(spec);
    let head = Head { anatomy: &anatomy };
    let posture = Posture::new(spec);
    let view = View::new(spec, &anatomy, &posture);
    let mut meshes = surfaces(spec, &head, &posture, view.scale / 24.0);
    let strands = hairs(spec, &head, &posture, (view.scale / 20.0).clamp(0.4, 1.0));
    let truth = truth(spec, &head, &posture, &view, &meshes, &strands);
    let rig = LightRig::new(&spec.light, &meshes, &strands);
    for mesh in &mut meshes {
        rig.illuminate(mesh);
    }
    let exposure = Exposure::new(spec, &rig);
    let size = (spec.camera.width_px as usize, spec.camera.height_px as usize);
    let fine = if size.0 < 600 { 3 } else { 2 };
    let pieces = HairLight::new(spec, &rig, &exposure, &view, fine).segments(&strands);
    let plot = Plot::new(&meshes, pieces, &view, &anatomy, size, fine);
    let behind = behind.unwrap_or_else(|| backdrop(spec, &view, &rig, &exposure));
    let painter = Painter::new(spec, &anatomy, &posture, exposure);
    (render::expose(&plot, &painter, &view, &behind, size.1), truth)
}

fn surfaces(spec: &SitterSpec, head: &Head, posture: &Posture, scale: f32) -> Vec<Mesh> {
    let anatomy = head.anatomy;
    let masculine = smoothstep(0.92, 1.06, spec.head.neck);
    let fineness = scale.clamp(0.4, 1.3);
    let mut turned = vec![head.mesh(fineness)];
    for side in [-1.0, 1.0] {
        turned.push(body::ear(anatomy, side));
        turned.push(eyes::eyeball(anatomy, side, fineness));
    }
    turned.extend(body::mouth_inside(anatomy));
    turned.extend(spectacles(spec, anatomy));
    let mut meshes: Vec<Mesh> = turned.into_iter().map(|m| m.moved(|p| posture.head(p))).collect();
    meshes.push(body::neck(anatomy, masculine).moved(|p| posture.between(p)));
    let torso = Torso::new(spec, masculine);
    meshes.extend(garments(spec, &torso).into_iter().map(|m| m.moved(|p| posture.chest(p))));
    meshes
}

fn hairs(spec: &SitterSpec, head: &Head, posture: &Posture, share: f32) -> Vec<Strand> {
    let mut strands = scalp_hair(spec, head, share);
    for strand in &mut strands {
        for point in &mut strand.points {
            *point = posture.between(*point);
        }
    }
    let mut fine = eyes::brows(spec, head);
    fine.extend(eyes::lashes(spec, head));
    for strand in &mut fine {
        for point in &mut strand.points {
            *point = posture.head(*point);
        }
    }
    strands.extend(fine);
    strands
}
