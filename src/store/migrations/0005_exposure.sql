-- Where a photo's eyes stand and the hash of its exposure, sealed: by them copies of it are found across the season.

CREATE TABLE exposure (
    number       INTEGER PRIMARY KEY NOT NULL,
    submission   TEXT NOT NULL REFERENCES submission (id),
    photo_sha256 TEXT NOT NULL,
    sealed       BLOB NOT NULL
) STRICT;

-- A submission has one row for each photo it ever had.
CREATE UNIQUE INDEX exposure_of ON exposure (submission, photo_sha256);
