//! How a face is shown to a describing network and what the distance of two answers means, as data: a TOML file beside the
//! network. docs/identity.md explains each word of it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::descriptor::PersonLimits;
use crate::inspect::face::MESH_POINTS;
use crate::standard::user_file;

/// Side of the square a network may ask for, in pixels.
const SIDES_PX: std::ops::RangeInclusive<usize> = 16..=1024;
/// So many points fix how a face lies in a square.
const LEAST_POINTS: usize = 2;

/// What a describing network needs to know of itself.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Describing {
    /// For people.
    pub name: String,
    /// ONNX file beside this description; its one input is a picture, channel by channel.
    pub network: PathBuf,
    /// Which of its outputs is the descriptor; the first without it.
    pub output: Option<String>,
    pub side_px: usize,
    pub channels: Channels,
    /// A channel's value of 0..=255 goes in less its mean and over its deviation; in the order of `channels`.
    pub mean: [f32; 3],
    pub deviation: [f32; 3],
    /// Share of the square that is shown.
    #[serde(default = "whole")]
    pub nearer: f32,
    /// Whether the mean of the face and its mirror image is taken.
    pub mirrored: bool,
    /// Whether only the direction of a descriptor counts.
    pub unit_length: bool,
    pub person: PersonLimits,
    #[serde(rename = "point")]
    pub points: Vec<PlacedPoint>,
}

/// Order of the colour channels a network was trained with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channels {
    Rgb,
    Bgr,
}

/// A point of the face and where it comes to lie.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacedPoint {
    /// Points of the mesh; their mean is the point.
    pub mesh: Vec<usize>,
    /// In sides of the square, from its upper left corner.
    pub at: [f32; 2],
}

const fn whole() -> f32 {
    1.0
}

impl Describing {
    /// That of the network in the program.
    pub fn built_in() -> Result<Self, String> {
        Self::parse(include_str!("../../assets/models/face_recognition.toml"))
    }

    /// Reads a description.
    pub fn of_file(file: &Path) -> Result<Self, String> {
        Self::parse(&user_file::text(file, "a description")?)
    }

    /// Reads a description and the network beside it.
    pub fn with_network(file: &Path) -> Result<(Self, Vec<u8>), String> {
        let how = Self::of_file(file)?;
        let network = file.with_file_name("").join(&how.network);
        let bytes =
            std::fs::read(&network).map_err(|error| format!("its network {}: {error}", network.display()))?;
        Ok((how, bytes))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let how: Self = toml::from_str(text)
            .map_err(|error| format!("line {}: {}", user_file::line_of(&error, text), error.message()))?;
        how.fault().map_or(Ok(how), Err)
    }

    /// What is wrong with these values, if anything.
    fn fault(&self) -> Option<String> {
        let PersonLimits { same_to, perhaps_to } = self.person;
        let numbers =
            self.mean.iter().chain(&self.deviation).chain(self.points.iter().flat_map(|point| &point.at));
        let places: Vec<[f32; 2]> = self.points.iter().map(|point| point.at).collect();
        let faults = [
            (!SIDES_PX.contains(&self.side_px), format!("side_px is {}, not {SIDES_PX:?}", self.side_px)),
            (!numbers.copied().all(f32::is_finite), "a number is not finite".to_owned()),
            (self.deviation.contains(&0.0), "a deviation is 0".to_owned()),
            (!(0.1..=2.0).contains(&self.nearer), format!("nearer is {}, not 0.1 to 2", self.nearer)),
            (
                !(0.0 < same_to && same_to <= perhaps_to && perhaps_to.is_finite()),
                format!(
                    "same_to is {same_to} and perhaps_to {perhaps_to}; 0 < same_to <= perhaps_to is needed"
                ),
            ),
            (self.points.len() < LEAST_POINTS, format!("it has fewer than {LEAST_POINTS} [[point]]s")),
            (
                self.points.iter().any(|point| point.mesh.is_empty()),
                "a [[point]] names no point of the mesh".to_owned(),
            ),
            (
                self.points.iter().flat_map(|point| &point.mesh).any(|index| *index >= MESH_POINTS),
                format!("a [[point]] names a point of the mesh beyond {}", MESH_POINTS - 1),
            ),
            (
                places.iter().all(|place| Some(place) == places.first()),
                "all [[point]]s lie in one place".to_owned(),
            ),
        ];
        faults.into_iter().find_map(|(is_wrong, told)| is_wrong.then_some(told))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = r#"
        name = "ours"
        network = "ours.onnx"
        side_px = 112
        channels = "bgr"
        mean = [127.5, 127.5, 127.5]
        deviation = [128.0, 128.0, 128.0]
        mirrored = false
        unit_length = true
        person = { same_to = 0.9, perhaps_to = 1.1 }
        point = [{ mesh = [468], at = [0.34, 0.46] }, { mesh = [473], at = [0.66, 0.46] }]
    "#;

    #[test]
    fn the_built_in_description_is_whole() {
        let how = Describing::built_in().unwrap();
        assert_eq!((how.side_px, how.points.len()), (150, 5));
        assert!(how.person.same_to < how.person.perhaps_to);
    }

    #[test]
    fn what_may_be_left_out_has_its_default() {
        let how = Describing::parse(OWN).unwrap();
        assert_eq!((how.nearer, how.output, how.channels), (1.0, None, Channels::Bgr));
    }

    #[test]
    fn each_fault_is_told() {
        for (from, to, told) in [
            ("112", "5000", "side_px is 5000"),
            ("[128.0, 128.0", "[0.0, 128.0", "deviation"),
            ("same_to = 0.9", "same_to = 1.2", "same_to is 1.2"),
            ("[468]", "[478]", "beyond 477"),
            ("[468]", "[]", "names no point"),
            ("[0.34, 0.46]", "[0.66, 0.46]", "one place"),
            ("\"bgr\"", "\"grey\"", "grey"),
            ("name = \"ours\"", "nmae = \"ours\"", "nmae"),
            ("mirrored = false", "", "mirrored"),
        ] {
            let error = Describing::parse(&OWN.replacen(from, to, 1)).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn the_network_lies_beside_the_description() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("face_descriptor.toml");
        std::fs::write(&file, OWN).unwrap();
        let error = Describing::with_network(&file).unwrap_err();
        assert!(error.contains("ours.onnx"), "{error}");
        std::fs::write(folder.path().join("ours.onnx"), b"network").unwrap();
        assert_eq!(Describing::with_network(&file).unwrap().1, b"network");
    }
}
