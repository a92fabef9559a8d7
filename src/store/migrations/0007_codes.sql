-- Collection codes, each bound to one person of its batch. The content is opaque: found by a keyed code, kept sealed.
CREATE TABLE collection_code (
    batch       TEXT NOT NULL REFERENCES batch (code),
    code_key    BLOB NOT NULL,
    subject     TEXT NOT NULL UNIQUE REFERENCES subject (id),
    sealed      BLOB NOT NULL,
    bound_at_ms INTEGER NOT NULL,
    PRIMARY KEY (batch, code_key)
) STRICT, WITHOUT ROWID;

-- Tickets of codeless collection. A serial is given out once; the person comes when the ticket is used.
CREATE TABLE ticket (
    batch        TEXT NOT NULL REFERENCES batch (code),
    station      TEXT NOT NULL CHECK (length(station) = 2),
    serial       INTEGER NOT NULL CHECK (serial > 0),
    issued_at_ms INTEGER NOT NULL,
    subject      TEXT UNIQUE REFERENCES subject (id),
    PRIMARY KEY (batch, station, serial)
) STRICT, WITHOUT ROWID;

-- Two signs that tell this desk's tickets from those of another station.
CREATE TABLE station (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    tag      TEXT NOT NULL CHECK (length(tag) = 2)
) STRICT;
