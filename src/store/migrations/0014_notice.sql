-- Messages to students: written with the change they tell of, sent until they are taken or given up.

-- The ways that the hub has been set up for; without any nothing is written.
CREATE TABLE notice_way (
    way       TEXT PRIMARY KEY NOT NULL CHECK (way IN ('webhook', 'mail')),
    -- How long a message waits before its first try, for a decision that is taken back at once.
    settle_ms INTEGER NOT NULL CHECK (settle_ms >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
    id          TEXT PRIMARY KEY NOT NULL,
    way         TEXT NOT NULL CHECK (way IN ('webhook', 'mail')),
    kind        TEXT NOT NULL
                CHECK (kind IN ('rejected', 'approved', 'please_confirm', 'ready', 'shipped', 'photo')),
    submission  TEXT NOT NULL REFERENCES submission (id),
    revision    INTEGER NOT NULL,
    -- Codes of reasons, as JSON.
    reasons     TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(reasons)),
    print_order TEXT REFERENCES print_order (number),
    -- Where a photo was asked to be sent; gone as soon as the message has ended.
    sealed      BLOB,
    state       TEXT NOT NULL DEFAULT 'waiting'
                CHECK (state IN ('waiting', 'sent', 'given_up', 'moot', 'no_address')),
    tries       INTEGER NOT NULL DEFAULT 0,
    made_at_ms  INTEGER NOT NULL,
    due_at_ms   INTEGER NOT NULL,
    ended_at_ms INTEGER,
    last_error  TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX notice_due ON notice (way, due_at_ms) WHERE state = 'waiting';
CREATE INDEX notice_submission ON notice (submission, kind, made_at_ms);
CREATE INDEX notice_ended ON notice (ended_at_ms) WHERE ended_at_ms IS NOT NULL;
-- Every try and what came of it.
CREATE TABLE notice_try (
    notice  TEXT NOT NULL REFERENCES notice (id),
    number  INTEGER NOT NULL CHECK (number > 0),
    at_ms   INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (notice, number)
) STRICT, WITHOUT ROWID;
