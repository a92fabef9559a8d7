-- A person's own code, with which they prove who they are beside whoever signs at the desk.
CREATE TABLE sign_in (
    name          TEXT PRIMARY KEY NOT NULL,
    -- Salt, costs, and what only the code opens, as sealed JSON.
    sealed        BLOB NOT NULL,
    set_at_ms     INTEGER NOT NULL,
    -- Codes tried since the last right one.
    tries         INTEGER NOT NULL DEFAULT 0,
    shut_until_ms INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What one person said on site and a second one must confirm. Nothing is dropped.
CREATE TABLE countersign (
    seq           INTEGER PRIMARY KEY NOT NULL,
    batch         TEXT NOT NULL REFERENCES batch (code),
    risk          TEXT NOT NULL CHECK (risk IN ('late_code', 'same_face', 'other_face')),
    subject       TEXT NOT NULL,
    -- The photo whose person was named; empty for a code.
    shot          TEXT,
    -- The other student whose face it looked like.
    against       TEXT,
    said_by       TEXT NOT NULL,
    said_at_ms    INTEGER NOT NULL,
    outcome       TEXT CHECK (outcome IN ('confirmed', 'refused', 'replaced')),
    settled_by    TEXT,
    settled_at_ms INTEGER
) STRICT;

-- A code and a photo wait once.
CREATE UNIQUE INDEX countersign_code ON countersign (subject) WHERE outcome IS NULL AND shot IS NULL;
CREATE UNIQUE INDEX countersign_shot ON countersign (shot) WHERE outcome IS NULL AND shot IS NOT NULL;
CREATE INDEX countersign_waiting ON countersign (batch, seq) WHERE outcome IS NULL;
