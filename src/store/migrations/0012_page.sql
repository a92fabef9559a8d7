-- The student's page: photos that were checked and not submitted yet, and wrong guesses at who somebody is.

-- One a person. Its report is sealed JSON, for it holds face geometry.
CREATE TABLE page_draft (
    subject      TEXT PRIMARY KEY NOT NULL REFERENCES subject (id),
    photo_sha256 TEXT NOT NULL REFERENCES photo (sha256),
    sealed       BLOB NOT NULL,
    at_ms        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Photos that were drafts and are none any more; what nothing else names goes at the hub's next start.
CREATE TABLE page_dropped (
    photo_sha256 TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

-- The order a person opened before the first photo.
CREATE TABLE page_order (
    subject TEXT PRIMARY KEY NOT NULL REFERENCES subject (id),
    number  TEXT NOT NULL REFERENCES student_order (number)
) STRICT, WITHOUT ROWID;

-- Wrong answers for one code or ticket, which lies here as a keyed code only.
CREATE TABLE page_guess (
    guess_key BLOB PRIMARY KEY NOT NULL,
    wrong     INTEGER NOT NULL,
    since_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
