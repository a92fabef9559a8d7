//! Light on a surface: from all around, from the main lamp, and the shine it leaves.

use super::light::LightRig;
use super::math::{Vec3, clamp01, pow, v3};
use super::mesh::Part;
use super::spec::SitterSpec;

/// What is seen at one place of the picture.
#[derive(Clone, Copy, Debug)]
pub struct Surface {
    pub part: Part,
    pub at: Vec3,
    pub normal: Vec3,
    pub rest: Vec3,
    pub uv: (f32, f32),
    pub cavity: f32,
    pub ambient: f32,
    pub key: f32,
    /// Direction to the camera.
    pub eye: Vec3,
}

/// Strengths of the light after the camera's automatic exposure.
#[derive(Clone, Copy, Debug)]
pub struct Exposure {
    pub ambient: f32,
    pub key: f32,
    /// Towards the main light.
    pub direction: Vec3,
    pub cast: Vec3,
    /// Correction of the exposure as a factor.
    pub gain: f32,
}

/// How a material answers light.
#[derive(Clone, Copy, Debug)]
pub struct Finish {
    pub albedo: Vec3,
    /// How far light creeps round the edge of shadow, by channel.
    pub wrap: Vec3,
    /// Broad sheen and sharp gloss.
    pub sheen: f32,
    pub gloss: f32,
    pub gloss_power: f32,
}

impl Finish {
    pub fn matt(albedo: Vec3) -> Self {
        Self { albedo, wrap: v3(0.05, 0.05, 0.05), sheen: 0.02, gloss: 0.0, gloss_power: 30.0 }
    }
}

impl Exposure {
    pub fn new(spec: &SitterSpec, rig: &LightRig) -> Self {
        let light = spec.light;
        // The meter aims at a face that half faces the main light.
        let metered = 0.75 / (light.ambient * 0.85 + light.key * 0.62).max(0.05);
        let gain = super::math::exp2(light.exposure_ev);
        Self {
            ambient: light.ambient * metered * gain,
            key: light.key * metered * gain,
            direction: rig.key_direction,
            cast: v3(light.cast[0], light.cast[1], light.cast[2]),
            gain,
        }
    }

    /// Linear colour of a lit surface.
    pub fn lit(&self, surface: &Surface, finish: &Finish) -> Vec3 {
        let facing = surface.normal.dot(self.direction);
        let creep = |wrap: f32| (facing + wrap).max(0.0) / (1.0 + wrap);
        let open = surface.key;
        // Blood scatters red light into the edge of a shadow.
        let edge = |depth: f32| open * (1.0 - depth * (1.0 - open));
        let softness = finish.wrap.x;
        let key = v3(
            creep(finish.wrap.x) * open,
            creep(finish.wrap.y) * edge(softness * 0.4),
            creep(finish.wrap.z) * edge(softness * 0.5),
        );
        let cavity = surface.cavity;
        let deep = v3(0.5 + 0.5 * cavity, cavity, cavity).lerp(v3(cavity, cavity, cavity), 0.5);
        let diffuse = finish.albedo
            * (deep * (self.ambient * surface.ambient) + key * (self.key * (0.6 + 0.4 * cavity)));
        (diffuse + Vec3::ONE * self.shine(surface, finish)) * self.cast
    }

    fn shine(&self, surface: &Surface, finish: &Finish) -> f32 {
        if finish.sheen + finish.gloss <= 0.0 {
            return 0.0;
        }
        let half = (self.direction + surface.eye).unit();
        let along = clamp01(surface.normal.dot(half));
        let graze = 1.0 - clamp01(surface.normal.dot(surface.eye));
        let fresnel = 0.5 + 2.5 * graze * graze * graze;
        let key = surface.key * self.key;
        let sheen = finish.sheen * pow(along, 10.0) * (key + 0.25 * self.ambient * surface.ambient);
        let gloss = finish.gloss * pow(along, finish.gloss_power) * key;
        (sheen * fresnel + gloss) * surface.cavity
    }
}
