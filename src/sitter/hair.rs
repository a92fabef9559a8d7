//! Hair grown strand by strand from the scalp, each style a field of directions to follow.

use super::anatomy::Anatomy;
use super::head::Head;
use super::math::{Vec3, lerp, smoothstep, v3};
use super::noise::{Prng, noise3};
use super::skin::azimuth_degrees;
use super::spec::{Hair, HairStyle, SitterSpec};
use super::strand::{Strand, StrandKind};
use super::styles::{self, Root};

/// All scalp hair of a sitter, in face coordinates. Small pictures need fewer, broader strands:
/// `share` 0..=1 of the full number.
pub fn scalp_hair(spec: &SitterSpec, head: &Head, share: f32) -> Vec<Strand> {
    let barber = Barber { hair: &spec.hair, shell: Shell::new(head.anatomy), seed: spec.seed };
    let mut prng = Prng::new(u64::from(spec.seed) ^ 0x4a12);
    let mut strands = Vec::new();
    for k in 0..(styles::root_count(spec.hair.style) as f32 * share) as usize {
        if let Some(root) = root(head, &mut prng, spec.hair.style) {
            strands.extend(barber.grow(&root, k, &mut prng));
        }
    }
    strands.extend(styles::knot(&barber, &mut prng));
    for strand in &mut strands {
        strand.width_cm /= share;
    }
    strands
}

/// A random place on the scalp; hairlines are thin at their edge.
fn root(head: &Head, prng: &mut Prng, style: HairStyle) -> Option<Root> {
    let azimuth = prng.between(-std::f32::consts::PI, std::f32::consts::PI);
    let up = prng.unit();
    let row = lerp(-7.6, 10.69, up);
    // Rings shrink towards the crown: keep the density even.
    let t = ((row - 3.0) / 7.7).max(0.0);
    if prng.unit() > (1.02 - t * t).max(0.0).sqrt() {
        return None;
    }
    let at = head.skin(azimuth, row);
    let degrees = azimuth_degrees(at);
    let above = at.y - head.anatomy.hairline(degrees);
    let ragged = prng.between(0.0, 0.9) * if style == HairStyle::Cropped { 1.0 } else { 0.7 };
    if above < ragged - 0.1 {
        return None;
    }
    let normal = (head.skin(azimuth, row + 0.1) - head.skin(azimuth, row - 0.1))
        .cross(head.skin(azimuth - 0.01, row) - head.skin(azimuth + 0.01, row))
        .unit();
    Some(Root { at, normal, azimuth_degrees: degrees, above_hairline: above })
}

/// Grows strands for one sitter.
pub struct Barber<'a> {
    pub hair: &'a Hair,
    pub shell: Shell,
    pub seed: u32,
}

impl Barber<'_> {
    fn grow(&self, root: &Root, count: usize, prng: &mut Prng) -> Option<Strand> {
        let lock = self.lock_of(root);
        let plan = styles::plan(self, root, lock, prng)?;
        let loose = prng.chance(0.018 * self.hair.stray);
        let mut points = self.walk(root, &plan, lock, if loose { 0.45 } else { 0.0 }, prng);
        if points.len() < 3 {
            return None;
        }
        if loose {
            self.fray(&mut points, prng);
        }
        let width_cm = if loose { 0.018 } else { plan.width_cm * prng.between(0.75, 1.25) };
        let tone = prng.between(0.75, 1.2) * (1.0 + 0.25 * lock);
        let depth = lerp(0.45, 1.0, plan.layer_share);
        Some(Strand {
            kind: StrandKind::Scalp,
            points,
            width_cm,
            tone,
            depth,
            casts: count.is_multiple_of(4) && !loose,
            loose,
            knot: false,
        })
    }

    /// -1..1, alike for neighbours: hair hangs together in locks.
    fn lock_of(&self, root: &Root) -> f32 {
        let p = root.at * 0.9;
        noise3(p.x, p.y, p.z, self.seed ^ 0x10c)
    }

    fn walk(&self, root: &Root, plan: &styles::Plan, lock: f32, lift: f32, prng: &mut Prng) -> Vec<Vec3> {
        let step = plan.length / plan.steps as f32;
        let mut at = root.at + root.normal * 0.05;
        let mut heading = plan.heading;
        let mut points = vec![at];
        let wobble = prng.between(-1.0, 1.0);
        for k in 1..=plan.steps {
            let s = k as f32 / plan.steps as f32;
            let wish = styles::wish(self, root, plan, at, s);
            heading = (heading * plan.stiffness + wish * (1.0 - plan.stiffness)).unit();
            let wave = self.hair.wave * 0.35;
            let phase = at.y * 0.75 + lock * 6.0;
            let swing = v3(super::math::sin(phase), 0.0, super::math::cos(phase * 0.9))
                * (wave * smoothstep(0.15, 0.6, s));
            at += (heading + swing + v3(wobble, 0.0, -wobble) * (0.03 * s)).unit() * step;
            let rise = plan.layer * smoothstep(0.0, 0.35, s) + lift * s;
            at = self.shell.outside(at, rise + 0.06);
            if plan.hugs && at.y > 1.0 {
                at = self.shell.no_higher(at, rise + 0.5 + 0.6 * lift);
            }
            points.push(at);
            if styles::ends(plan, at) {
                break;
            }
        }
        points
    }

    fn fray(&self, points: &mut [Vec3], prng: &mut Prng) {
        let drift = v3(prng.between(-1.0, 1.0), prng.between(-0.2, 0.8), prng.between(-0.6, 0.6));
        let last = points.len() as f32;
        for (k, point) in points.iter_mut().enumerate() {
            let s = k as f32 / last;
            *point += drift * (0.8 * s * s);
        }
    }
}

/// A smooth hull about the skull that hair lies upon.
#[derive(Clone, Copy, Debug)]
pub struct Shell {
    centre: Vec3,
    radii: Vec3,
    lower: f32,
}

impl Shell {
    fn new(anatomy: &Anatomy) -> Self {
        let shape = &anatomy.shape;
        Self {
            centre: v3(0.0, 1.8 * shape.length, -4.5),
            radii: v3(7.5 * shape.width, 8.95 * shape.length, 9.7),
            lower: 17.0 * shape.length,
        }
    }

    /// The point itself, or the nearest at most `height` above the hull.
    pub fn no_higher(&self, at: Vec3, height: f32) -> Vec3 {
        let (wanted, ratio) = (1.0 + height / 8.5, self.ratio(at));
        if ratio <= wanted { at } else { self.centre + (at - self.centre) * (wanted / ratio) }
    }

    fn ratio(&self, at: Vec3) -> f32 {
        let p = at - self.centre;
        let tall = if p.y < 0.0 { self.lower } else { self.radii.y };
        let (x, y, z) = (p.x / self.radii.x, p.y / tall, p.z / self.radii.z);
        (x * x + y * y + z * z).sqrt()
    }

    /// Outward direction at a point.
    pub fn outward(&self, at: Vec3) -> Vec3 {
        let p = at - self.centre;
        let tall = if p.y < 0.0 { self.lower } else { self.radii.y };
        v3(p.x / (self.radii.x * self.radii.x), p.y / (tall * tall), p.z / (self.radii.z * self.radii.z))
            .unit()
    }

    /// The point itself, or the nearest at least `height` above the hull; hair below the jaw hangs free.
    pub fn outside(&self, at: Vec3, height: f32) -> Vec3 {
        let wanted = 1.0 + height / 8.5;
        let ratio = self.ratio(at);
        let p = at - self.centre;
        if ratio >= wanted || p.y < -10.0 {
            return at;
        }
        let grow = wanted / ratio.max(0.2);
        let upright = if p.y < 0.0 { 1.0 } else { grow };
        self.centre + v3(p.x * grow, p.y * upright, p.z * grow)
    }
}
