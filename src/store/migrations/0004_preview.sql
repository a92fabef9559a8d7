-- A small picture of a photo, sealed, so that it can be shown before the photo itself is decoded. It goes with the photo.
CREATE TABLE preview (
    photo_sha256 TEXT PRIMARY KEY NOT NULL REFERENCES photo (sha256) ON DELETE CASCADE,
    sealed       BLOB NOT NULL
) STRICT;
