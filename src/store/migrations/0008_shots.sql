-- On-site collection: photos as they are taken, whose they are, how far they are on their way.

CREATE TABLE shot (
    number       INTEGER PRIMARY KEY NOT NULL,
    id           TEXT NOT NULL UNIQUE,
    batch        TEXT NOT NULL REFERENCES batch (code),
    -- Empty while nobody knows whose it is.
    subject      TEXT REFERENCES subject (id),
    photo_sha256 TEXT NOT NULL REFERENCES photo (sha256),
    taken_at_ms  INTEGER NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('draft', 'finalised', 'sent', 'safe_to_wipe', 'wiped')),
    -- The one of its person that is to be sent: by the program, or by a person, whose choice stays.
    mark         TEXT CHECK (mark IN ('auto', 'hand')),
    -- Why a person must say whose it is.
    doubt        TEXT CHECK (doubt IN ('nobody', 'late', 'same_face', 'other_face')),
    -- The subject that the doubt points at, where there is one.
    doubt_other  TEXT,
    -- Of the local check; empty before it ran.
    verdict      TEXT CHECK (verdict IN ('pass', 'unknown', 'warn', 'fail')),
    score        REAL NOT NULL DEFAULT 0,
    -- The check's report, or the photo's fault, as sealed JSON.
    sealed       BLOB,
    -- Its submission at the hub.
    submission   TEXT,
    UNIQUE (batch, photo_sha256)
) STRICT;

CREATE INDEX shot_subject ON shot (subject) WHERE subject IS NOT NULL;
CREATE UNIQUE INDEX shot_marked ON shot (subject) WHERE mark IS NOT NULL;
CREATE INDEX shot_state ON shot (batch, state, number);

-- Files of watched folders that were taken or passed over, by a keyed code of their path.
CREATE TABLE watched_file (
    path_key    BLOB PRIMARY KEY NOT NULL,
    bytes       INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Folders that were watched once: what lies in a new one is not taken.
CREATE TABLE watched_folder (
    path_key BLOB PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

-- What two stations, or a station and the hub, say differently. Nothing is dropped.
CREATE TABLE onsite_conflict (
    seq            INTEGER PRIMARY KEY NOT NULL,
    batch          TEXT NOT NULL REFERENCES batch (code),
    kind           TEXT NOT NULL,
    subject        TEXT NOT NULL,
    other          TEXT NOT NULL,
    at_ms          INTEGER NOT NULL,
    resolved_at_ms INTEGER,
    UNIQUE (kind, subject, other)
) STRICT;
