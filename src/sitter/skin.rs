//! Skin, lips and the shade of hair beneath it, painted in face coordinates.

use super::anatomy::Anatomy;
use super::color::linear;
use super::math::{Vec3, bump, floor, hill, lerp, smoothstep, v3};
use super::mesh::Part;
use super::noise::{cell, cloud3, noise3};
use super::shade::{Finish, Surface};
use super::spec::{HairStyle, SitterSpec};

/// Colours of one sitter's skin, in linear light.
pub struct SkinPaint<'a> {
    anatomy: &'a Anatomy,
    spec: &'a SitterSpec,
    tone: Vec3,
    lips: Vec3,
    hair: Vec3,
    /// 0 very dark skin, 1 very light: dark skin blushes less and shines more.
    lightness: f32,
}

impl<'a> SkinPaint<'a> {
    pub fn new(spec: &'a SitterSpec, anatomy: &'a Anatomy) -> Self {
        let tone = linear(spec.skin.tone);
        Self {
            anatomy,
            spec,
            tone,
            lips: linear(spec.skin.lips),
            hair: linear(spec.hair.color),
            lightness: smoothstep(0.05, 0.55, tone.y),
        }
    }

    pub fn finish(&self, surface: &Surface) -> Finish {
        let p = surface.rest;
        let seed = self.spec.seed;
        let mut albedo = self.tone * (1.0 + 0.035 * cloud3(p.x * 0.7, p.y * 0.7, p.z * 0.7, seed));
        albedo = albedo * (1.0 + 0.03 * noise3(p.x * 5.0, p.y * 5.0, p.z * 5.0, seed ^ 3));
        albedo = albedo * (1.0 + 0.03 * noise3(p.x * 15.0, p.y * 15.0, p.z * 15.0, seed ^ 5));
        let mut finish =
            Finish { albedo, wrap: v3(0.38, 0.22, 0.16), sheen: 0.07, gloss: 0.03, gloss_power: 28.0 };
        match surface.part {
            Part::Face => self.paint_face(p, &mut finish),
            Part::Ear => finish.albedo = self.flushed(finish.albedo, 0.75),
            _ => finish.albedo = self.flushed(finish.albedo, 0.1) * 0.97,
        }
        finish
    }

    fn paint_face(&self, p: Vec3, finish: &mut Finish) {
        let length = self.anatomy.shape.length;
        let (side, y) = (p.x.abs(), p.y / length);
        let in_front = smoothstep(-2.0, 1.0, p.z);
        if in_front > 0.0 {
            finish.albedo = self.flushed(finish.albedo, in_front * flush_map(side, y));
            finish.albedo = self.shade_sockets(finish.albedo, p);
            finish.albedo = self.spots(finish.albedo, p);
            finish.albedo = self.beard(finish.albedo, p);
            let shine = hill(side, y, 0.0, 4.0, 4.0, 3.0)
                + hill(side, y, 0.0, -2.4, 0.9, 2.4)
                + 0.7 * hill(side, y, 4.0, -1.9, 1.9, 1.3)
                + 0.5 * hill(side, y, 0.0, -10.0, 1.3, 1.0);
            finish.gloss += 0.16 * self.spec.skin.shine * shine * (1.25 - 0.5 * self.lightness);
            self.paint_mouth(p, finish);
            self.paint_lids(p, finish);
            self.paint_nostrils(p, finish);
        }
        self.paint_hair_ground(p, finish);
    }

    fn flushed(&self, albedo: Vec3, share: f32) -> Vec3 {
        let strength = share * self.spec.skin.blush * lerp(0.5, 1.0, self.lightness);
        albedo * Vec3::ONE.lerp(v3(1.03, 0.80, 0.78), strength)
    }

    /// Thin skin about the eyes is darker and cooler.
    fn shade_sockets(&self, albedo: Vec3, p: Vec3) -> Vec3 {
        let (side, y) = (p.x.abs(), p.y);
        let below = hill(side, y, self.anatomy.eye_x - 0.4, -1.15, 1.6, 0.75);
        let inner = hill(side, y, self.anatomy.eye_x - 1.5, 0.25, 0.9, 1.1);
        let lid = hill(side, y, self.anatomy.eye_x, 0.55, 1.9, 0.9);
        let dark = 0.06 * below + 0.08 * inner + (0.10 + 0.25 * self.spec.skin.eye_makeup) * lid;
        albedo * v3(1.0 - dark * 0.9, 1.0 - dark * 1.1, 1.0 - dark)
    }

    fn spots(&self, albedo: Vec3, p: Vec3) -> Vec3 {
        let amount = self.spec.skin.freckles;
        if amount <= 0.0 {
            return albedo;
        }
        let mut result = albedo;
        for (grid, share, radius) in [(2.6, 0.012, 0.16), (0.9, 0.4, 0.075)] {
            let (cx, cy) = (floor(p.x / grid), floor(p.y / grid));
            let at = |k: i32| cell(cx as i32, cy as i32, k, self.spec.seed ^ (grid * 8.0) as u32);
            if at(0) > amount * if grid > 1.0 { 0.8 } else { share } {
                continue;
            }
            let (dx, dy) = (p.x - (cx + 0.25 + 0.5 * at(1)) * grid, p.y - (cy + 0.25 + 0.5 * at(2)) * grid);
            let size = radius * (0.5 + at(3));
            let dark = bump((dx * dx + dy * dy) / (size * size)) * if grid > 1.0 { 0.55 } else { 0.3 };
            result = result * v3(1.0 - 0.7 * dark, 1.0 - dark, 1.0 - dark);
        }
        result
    }

    fn beard(&self, albedo: Vec3, p: Vec3) -> Vec3 {
        let amount = self.spec.skin.beard;
        if amount <= 0.0 {
            return albedo;
        }
        let (side, y) = (p.x.abs(), p.y / self.anatomy.shape.length);
        let moustache = hill(side, y, 0.0, -5.75, 2.7, 0.95);
        let cheek = smoothstep(-4.9, -7.4, y + 0.25 * (side - 3.0).max(0.0)) * smoothstep(1.9, 3.0, side);
        let chin = smoothstep(-8.1, -9.2, y) * smoothstep(3.4, 2.4, side);
        let share = (moustache * 0.9).max(cheek * 0.85).max(chin) * amount;
        let dots = 0.75 + 0.35 * noise3(p.x * 21.0, p.y * 21.0, p.z * 21.0, 41);
        albedo * Vec3::ONE.lerp(v3(0.62, 0.66, 0.70), share * dots)
    }

    fn paint_mouth(&self, p: Vec3, finish: &mut Finish) {
        let half = self.anatomy.mouth_half;
        if p.x.abs() > half + 0.4 || p.y > -4.5 || p.y < -9.5 * self.anatomy.shape.length {
            return;
        }
        let (upper, lower) = self.anatomy.lip_borders(p.x);
        let line = self.anatomy.lip_line(p.x);
        let inside =
            smoothstep(upper + 0.06, upper - 0.10, p.y) * smoothstep(lower - 0.09, lower + 0.13, p.y);
        let ends = smoothstep(half, half - 0.25, p.x.abs());
        let wrinkles = noise3(p.x * 7.0, p.y * 0.8, 0.0, self.spec.seed ^ 21);
        let fine = noise3(p.x * 17.0, p.y * 2.0, 0.0, self.spec.seed ^ 22);
        let upper_lip = if p.y > line { 0.86 } else { 1.0 };
        let lips = self.lips * (upper_lip * (1.0 + 0.07 * wrinkles + 0.06 * fine));
        let share = inside * ends;
        finish.albedo = finish.albedo.lerp(lips, share * 0.92);
        finish.gloss += share * 0.10 * smoothstep(line + 0.1, line - 0.3, p.y);
        let from_line = (p.y - line) / 0.12;
        let dark = bump(from_line * from_line) * smoothstep(half + 0.12, half - 0.15, p.x.abs());
        finish.albedo = finish.albedo * Vec3::ONE.lerp(v3(0.30, 0.17, 0.17), dark);
        let corner = hill(p.x.abs(), p.y, half + 0.02, line - 0.02, 0.26, 0.2);
        finish.albedo = finish.albedo * (1.0 - 0.4 * corner);
    }

    fn paint_lids(&self, p: Vec3, finish: &mut Finish) {
        let side = if p.x > 0.0 { 1.0 } else { -1.0 };
        let t = self.anatomy.lid_position(p.x, side);
        if t.abs() > 1.25 || p.y.abs() > 1.6 {
            return;
        }
        let within = t.clamp(-1.0, 1.0);
        let (upper, lower) = self.anatomy.lid_edges(within, side);
        let ends = smoothstep(1.2, 0.85, t.abs());
        let crease = self.anatomy.lid_crease(within, side);
        let from_crease = (p.y - crease) / 0.15;
        let fold = bump(from_crease * from_crease) * ends * (0.12 + 0.55 * self.anatomy.shape.lid_fold);
        finish.albedo = finish.albedo * Vec3::ONE.lerp(v3(0.52, 0.40, 0.38), fold);
        let open = self.anatomy.lid_openness(side).clamp(0.0, 1.0);
        // Closed lids lay their lashes down into one dark line.
        let rim = (p.y - upper) / (0.17 + 0.10 * self.spec.skin.eye_makeup + 0.09 * (1.0 - open));
        let lash_ground = bump(rim * rim) * smoothstep(1.06, 0.9, t.abs());
        finish.albedo = finish.albedo * Vec3::ONE.lerp(v3(0.10, 0.075, 0.07), lash_ground * 0.92);
        let water = (p.y - lower + 0.02) / 0.15;
        let lower_rim = open * bump(water * water) * smoothstep(1.05, 0.85, t.abs());
        finish.albedo = finish.albedo.lerp(self.tone * v3(0.88, 0.62, 0.58), lower_rim * 0.75);
        finish.gloss += 0.12 * lower_rim;
        let inner = hill(t, p.y, -1.08, lower * 0.3 - self.anatomy.shape.eye_slant_cm, 0.2, 0.25);
        finish.albedo = finish.albedo * Vec3::ONE.lerp(v3(0.8, 0.5, 0.48), inner * 0.7);
    }

    fn paint_nostrils(&self, p: Vec3, finish: &mut Finish) {
        let shape = &self.anatomy.shape;
        let (side, y) = (p.x.abs() / shape.width, p.y / shape.length / shape.nose_length);
        let hole = hill(side, y, 0.68 * shape.nose_width, -4.56, 0.46, 0.2);
        let under = hill(side, y, 0.0, -4.75, 1.7 * shape.nose_width, 0.5);
        let wing = hill(side, y, 1.76 * shape.nose_width, -4.2, 0.3, 0.55);
        finish.albedo =
            finish.albedo * (1.0 - 0.22 * under) * Vec3::ONE.lerp(v3(0.75, 0.6, 0.58), wing * 0.6);
        finish.albedo = finish.albedo * Vec3::ONE.lerp(v3(0.08, 0.045, 0.04), smoothstep(0.15, 0.7, hole));
    }

    /// Skin under brows and scalp hair takes their colour.
    fn paint_hair_ground(&self, p: Vec3, finish: &mut Finish) {
        let t = self.anatomy.brow_position(p.x);
        if p.z > 0.0 && t.abs() < 1.0 {
            let (middle, half) = self.anatomy.brow(t);
            let off = (p.y - middle) / (half * 1.5).max(0.02);
            let ends = smoothstep(1.0, 0.85, t.abs()) * lerp(0.35, 1.0, smoothstep(-1.0, -0.6, t));
            let cover = bump(off * off) * ends * 0.8;
            finish.albedo = finish.albedo.lerp(self.hair.lerp(self.tone, 0.06), cover);
        }
        if p.y < -8.5 {
            return;
        }
        let azimuth = azimuth_degrees(p);
        let ragged = 0.35 * noise3(p.x * 3.0, p.y * 3.0, p.z * 3.0, 61)
            + 0.25 * noise3(p.x * 9.0, p.y * 9.0, p.z * 9.0, 62);
        let above = p.y - self.anatomy.hairline(azimuth) + ragged;
        let strength = if self.spec.hair.style == HairStyle::Cropped { 0.86 } else { 0.94 };
        let cover = smoothstep(-0.25, 0.9, above) * strength;
        finish.albedo = finish.albedo.lerp(self.hair, cover);
        finish.gloss *= 1.0 - cover;
        finish.sheen *= 1.0 - 0.7 * cover;
    }
}

/// Angle about the vertical axis through the ears: 0 in front, 180 behind; always positive.
pub fn azimuth_degrees(p: Vec3) -> f32 {
    // A polynomial arc tangent: platforms disagree about the library's last bits.
    let (x, z) = (p.x.abs(), p.z + 4.3);
    let (small, large) = (x.min(z.abs()), x.max(z.abs()).max(1e-6));
    let r = small / large;
    let q = r * r;
    let arc = r * (0.999_866 + q * (-0.330_299_5 + q * (0.180_141 + q * (-0.085_133 + q * 0.020_835_1))));
    let first = if x > z.abs() { std::f32::consts::FRAC_PI_2 - arc } else { arc };
    let full = if z < 0.0 { std::f32::consts::PI - first } else { first };
    full * (180.0 / std::f32::consts::PI)
}

/// Where blood shows through.
fn flush_map(side: f32, y: f32) -> f32 {
    0.9 * hill(side, y, 3.9, -3.0, 2.8, 2.4)
        + 0.9 * hill(side, y, 0.0, -3.9, 2.1, 1.5)
        + 0.3 * hill(side, y, 0.0, -10.2, 2.0, 1.4)
        + 0.35 * hill(side, y, 3.2, 0.6, 2.0, 0.9)
        + 0.12
}
