//! Which points of the face mesh mean what. Left and right as seen on screen.

/// Centres of the two irises.
pub(crate) const IRIS_LEFT: usize = 468;
pub(crate) const IRIS_RIGHT: usize = 473;
/// The four rim points that follow each centre: right, top, left, bottom of the iris in mesh order.
pub(crate) const IRIS_RIM: [usize; 4] = [1, 2, 3, 4];

pub(crate) const CHIN: usize = 152;
pub(crate) const FOREHEAD_TOP: usize = 10;
pub(crate) const NOSE_TIP: usize = 1;
pub(crate) const CHEEK_LEFT_CENTRE: usize = 50;
pub(crate) const CHEEK_RIGHT_CENTRE: usize = 280;
pub(crate) const FOREHEAD_CENTRE: usize = 151;
pub(crate) const CHIN_CENTRE: usize = 199;
pub(crate) const MOUTH_CORNERS: (usize, usize) = (61, 291);
/// Centre of the upper and of the lower lip, at their inner edge.
pub(crate) const INNER_LIPS: (usize, usize) = (13, 14);

/// Outer and inner corner of each eye.
pub(crate) const EYE_CORNERS_LEFT: (usize, usize) = (33, 133);
pub(crate) const EYE_CORNERS_RIGHT: (usize, usize) = (263, 362);

/// Upper and lower lid, point above point.
pub(crate) const LIDS_LEFT: [(usize, usize); 7] =
    [(246, 7), (161, 163), (160, 144), (159, 145), (158, 153), (157, 154), (173, 155)];
pub(crate) const LIDS_RIGHT: [(usize, usize); 7] =
    [(466, 249), (388, 390), (387, 373), (386, 374), (385, 380), (384, 381), (398, 382)];

/// Inner lips, point above point, from corner to corner.
pub(crate) const LIP_GAPS: [(usize, usize); 7] =
    [(80, 88), (81, 178), (82, 87), (13, 14), (312, 317), (311, 402), (310, 318)];
/// Outline of the mouth opening.
pub(crate) const INNER_LIP_OUTLINE: [usize; 20] =
    [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95];
/// Outline of the lips.
pub(crate) const OUTER_LIP_OUTLINE: [usize; 20] =
    [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146];
pub(crate) const EYE_OUTLINE_LEFT: [usize; 16] =
    [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7];
pub(crate) const EYE_OUTLINE_RIGHT: [usize; 16] =
    [263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249];
pub(crate) const BROW_OUTLINE_LEFT: [usize; 10] = [70, 63, 105, 66, 107, 55, 65, 52, 53, 46];
pub(crate) const BROW_OUTLINE_RIGHT: [usize; 10] = [300, 293, 334, 296, 336, 285, 295, 282, 283, 276];

/// Outline of the face, clockwise on screen from the top.
pub(crate) const FACE_OUTLINE: [usize; 36] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176,
    149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];
/// The part of the outline beside eyes, nose and mouth, from above downwards.
pub(crate) const CONTOUR_LEFT: [usize; 8] = [162, 127, 234, 93, 132, 58, 172, 136];
pub(crate) const CONTOUR_RIGHT: [usize; 8] = [389, 356, 454, 323, 361, 288, 397, 365];

/// Points that mirror each other across the middle of the face.
pub(crate) const MIRRORED: [(usize, usize); 12] = [
    (33, 263),
    (133, 362),
    (127, 356),
    (234, 454),
    (93, 323),
    (132, 361),
    (58, 288),
    (172, 397),
    (61, 291),
    (105, 334),
    (50, 280),
    (205, 425),
];

/// Points of bare skin that mirror each other, left before right, spread over forehead, cheeks, nose and chin; away from
/// lids, brows, lips and the outline.
pub(crate) const MIRRORED_SKIN: [(usize, usize); 36] = [
    (27, 257),
    (171, 396),
    (215, 435),
    (237, 457),
    (227, 447),
    (43, 273),
    (188, 412),
    (108, 337),
    (101, 330),
    (71, 301),
    (206, 426),
    (104, 333),
    (170, 395),
    (135, 364),
    (228, 448),
    (83, 313),
    (221, 441),
    (126, 355),
    (113, 342),
    (50, 280),
    (231, 451),
    (147, 376),
    (69, 299),
    (137, 366),
    (143, 372),
    (207, 427),
    (165, 391),
    (129, 358),
    (212, 432),
    (138, 367),
    (194, 418),
    (167, 393),
    (205, 425),
    (140, 369),
    (139, 368),
    (169, 394),
];

/// Upper edge of each brow, and the edge of the face beside the ears.
pub(crate) const BROW_TOP_LEFT: [usize; 5] = [70, 63, 105, 66, 107];
pub(crate) const BROW_TOP_RIGHT: [usize; 5] = [300, 293, 334, 296, 336];
pub(crate) const EAR_EDGE_LEFT: [usize; 3] = [127, 234, 93];
pub(crate) const EAR_EDGE_RIGHT: [usize; 3] = [356, 454, 323];
/// Cheeks, nose: points that neither hair nor beard reaches.
pub(crate) const SURE_SKIN: [usize; 11] = [50, 280, 101, 330, 205, 425, 5, 4, 195, 118, 347];
