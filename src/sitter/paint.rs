//! Which paint a surface gets: skin, eye, cloth, frame, glass.

use super::anatomy::Anatomy;
use super::cloth::ClothPaint;
use super::color::{linear, shoulder};
use super::eyes;
use super::math::{Vec3, lerp, smoothstep, v3};
use super::mesh::Part;
use super::noise::noise3;
use super::shade::{Exposure, Finish, Surface};
use super::skin::SkinPaint;
use super::spec::{Frame, SitterSpec};
use super::view::Posture;

/// All materials of one sitter under one light.
pub struct Painter<'a> {
    spec: &'a SitterSpec,
    anatomy: &'a Anatomy,
    exposure: Exposure,
    skin: SkinPaint<'a>,
    cloth: ClothPaint<'a>,
    /// Gaze after the head's turn.
    gaze: Vec3,
}

impl<'a> Painter<'a> {
    pub fn new(spec: &'a SitterSpec, anatomy: &'a Anatomy, posture: &Posture, exposure: Exposure) -> Self {
        Self {
            spec,
            anatomy,
            exposure,
            skin: SkinPaint::new(spec, anatomy),
            cloth: ClothPaint::new(spec),
            gaze: posture.head_direction(eyes::gaze(anatomy)),
        }
    }

    /// Linear colour of a surface as the camera records it.
    pub fn paint(&self, surface: &Surface) -> Vec3 {
        let mut surface = *surface;
        let finish = match surface.part {
            Part::Face | Part::Ear | Part::Neck => {
                surface.normal = grained(&surface, 0.05);
                self.skin.finish(&surface)
            }
            Part::Eyeball => {
                surface.normal = eyes::cornea_normal(self.anatomy, &surface, self.gaze);
                eyes::finish(self.spec, self.anatomy, &surface)
            }
            Part::MouthInside => Finish::matt(v3(0.055, 0.012, 0.012)),
            Part::Teeth => self.teeth(&surface),
            Part::Frame => self.frame(),
            Part::Lens => Finish::matt(Vec3::ZERO),
            Part::Cloth
            | Part::Collar
            | Part::Band
            | Part::ShirtCollar
            | Part::Shirt
            | Part::Tie
            | Part::Button => self.cloth.finish(&mut surface),
        };
        shoulder(self.exposure.lit(&surface, &finish))
    }

    fn teeth(&self, surface: &Surface) -> Finish {
        let x = surface.rest.x;
        let gap = ((x / 0.62).fract().abs() - 0.5).abs();
        let between = smoothstep(0.46, 0.5, gap);
        let shade = lerp(1.0, 0.55, between) * lerp(1.0, 0.35, smoothstep(0.9, 2.0, x.abs()));
        Finish { gloss: 0.25, gloss_power: 60.0, ..Finish::matt(v3(0.60, 0.55, 0.46) * (shade * 0.8)) }
    }

    fn frame(&self) -> Finish {
        let metal = matches!(self.spec.glasses.frame, Frame::Thin | Frame::Rimless);
        let (gloss, gloss_power) = if metal { (0.9, 50.0) } else { (0.45, 90.0) };
        Finish { sheen: 0.06, gloss, gloss_power, ..Finish::matt(linear(self.spec.glasses.color)) }
    }

    /// What is behind a lens, dimmed by it, with what the lens mirrors.
    pub fn through_lens(&self, surface: &Surface, behind: Vec3) -> Vec3 {
        let glasses = &self.spec.glasses;
        let tint = match glasses.frame {
            Frame::Sunglasses => v3(0.05, 0.048, 0.045) * lerp(0.7, 1.5, surface.uv.1),
            _ => v3(0.93, 0.95, 0.94),
        };
        // A window stands somewhere before the sitter: a slanted bright pane in each lens.
        let (u, v) = surface.uv;
        let slant = u + 0.45 * v;
        let pane = smoothstep(0.32, 0.36, slant) * smoothstep(0.72, 0.64, slant) * smoothstep(0.08, 0.14, v);
        let mirrored =
            glasses.glare * pane * 0.75 + if glasses.frame == Frame::Sunglasses { 0.018 } else { 0.006 };
        let soft = v3(0.95, 1.0, 1.0) * (mirrored * self.exposure.gain);
        behind * tint + soft * self.exposure.cast
    }
}

/// Pores and fine texture disturb the normal.
fn grained(surface: &Surface, depth: f32) -> Vec3 {
    let p = surface.rest * 11.0;
    let (a, b) = (noise3(p.x, p.y, p.z, 7), noise3(p.x + 40.0, p.y, p.z, 8));
    (surface.normal + v3(a, b, 0.0) * depth).unit()
}
