-- The desk's first form. Released steps are never edited: add the next number instead.

CREATE TABLE batch (
    code          TEXT PRIMARY KEY NOT NULL CHECK (length(code) = 6 AND code NOT GLOB '*[^A-Z0-9]*'),
    school        TEXT NOT NULL,
    title         TEXT NOT NULL,
    standard      TEXT NOT NULL,
    background    TEXT NOT NULL,
    layouts       TEXT NOT NULL CHECK (json_valid(layouts)),
    max_attempts  INTEGER NOT NULL CHECK (max_attempts > 0),
    created_at_ms INTEGER NOT NULL
) STRICT;

-- What is known of a photo file without opening it. The content lies sealed in blobs/.
CREATE TABLE photo (
    sha256       TEXT PRIMARY KEY NOT NULL CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    bytes        INTEGER NOT NULL,
    stored_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE submission (
    number         INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    batch          TEXT NOT NULL REFERENCES batch (code),
    masked_name    TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN (
        'awaiting_payment', 'paid', 'pending_review', 'rejected', 'approved', 'in_production',
        'awaiting_confirmation', 'completed', 'closed', 'refunded', 'erased')),
    attempt        INTEGER NOT NULL CHECK (attempt > 0),
    revision       INTEGER NOT NULL CHECK (revision > 0),
    photo_sha256   TEXT NOT NULL REFERENCES photo (sha256),
    received_at_ms INTEGER NOT NULL,
    -- Of the local check; empty before it ran.
    verdict        TEXT CHECK (verdict IN ('pass', 'unknown', 'warn', 'fail')),
    failed_checks  INTEGER NOT NULL DEFAULT 0,
    warned_checks  INTEGER NOT NULL DEFAULT 0,
    damaged        INTEGER NOT NULL DEFAULT 0 CHECK (damaged IN (0, 1)),
    -- The decision in force: who took it, and which journal entry it is.
    decided_by     TEXT,
    decided_seq    INTEGER REFERENCES journal (seq)
) STRICT;

CREATE INDEX submission_received ON submission (received_at_ms, number);
CREATE INDEX submission_queue ON submission (batch, state, received_at_ms, number);
CREATE INDEX submission_state ON submission (state, received_at_ms, number);
CREATE INDEX submission_photo ON submission (batch, photo_sha256);
CREATE INDEX submission_decided ON submission (decided_by, decided_seq) WHERE decided_by IS NOT NULL;
CREATE INDEX submission_unchecked ON submission (number) WHERE verdict IS NULL;

-- Sealed one by one, bound to this table, the field and the submission.
CREATE TABLE personal (
    submission TEXT NOT NULL REFERENCES submission (id),
    field      TEXT NOT NULL CHECK (field IN ('file_name', 'name', 'document_number', 'student_number',
        'phone', 'email', 'address')),
    sealed     BLOB NOT NULL,
    PRIMARY KEY (submission, field)
) STRICT, WITHOUT ROWID;

-- The local check's report (or the photo's fault): sealed JSON, for it holds face geometry.
CREATE TABLE report (
    submission   TEXT PRIMARY KEY NOT NULL REFERENCES submission (id),
    photo_sha256 TEXT NOT NULL,
    sealed       BLOB NOT NULL
) STRICT;

-- The final electronic photo: sealed recipe, and the file it made.
CREATE TABLE final_photo (
    submission     TEXT PRIMARY KEY NOT NULL REFERENCES submission (id),
    photo_sha256   TEXT NOT NULL,
    standard       TEXT NOT NULL,
    background     TEXT NOT NULL,
    sealed_recipe  BLOB NOT NULL,
    final_sha256   TEXT NOT NULL REFERENCES photo (sha256)
) STRICT;

CREATE TABLE export_job (
    id              TEXT PRIMARY KEY NOT NULL,
    batch           TEXT NOT NULL REFERENCES batch (code),
    -- What was asked for, as the one who exports wrote it.
    request         TEXT NOT NULL CHECK (json_valid(request)),
    state           TEXT NOT NULL CHECK (state IN ('exporting', 'committed', 'abandoned')),
    people          INTEGER NOT NULL,
    begun_at_ms     INTEGER NOT NULL,
    ended_at_ms     INTEGER,
    manifest_sha256 TEXT
) STRICT;

CREATE TABLE export_item (
    job          TEXT NOT NULL REFERENCES export_job (id),
    submission   TEXT NOT NULL REFERENCES submission (id),
    photo_sha256 TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    PRIMARY KEY (job, submission)
) STRICT, WITHOUT ROWID;

CREATE INDEX export_item_submission ON export_item (submission);

-- Append-only and hash-chained; the two derived columns only help to find entries.
CREATE TABLE journal (
    seq        INTEGER PRIMARY KEY NOT NULL,
    at_ms      INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    event      TEXT NOT NULL CHECK (json_valid(event)),
    prev_hash  BLOB NOT NULL CHECK (length(prev_hash) = 32),
    hash       BLOB NOT NULL CHECK (length(hash) = 32),
    kind       TEXT GENERATED ALWAYS AS (event ->> '$.kind') VIRTUAL,
    submission TEXT GENERATED ALWAYS AS (event ->> '$.submission') VIRTUAL
) STRICT;

CREATE INDEX journal_kind ON journal (kind, at_ms);
CREATE INDEX journal_submission ON journal (submission, seq) WHERE submission IS NOT NULL;

CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_is_not_cut BEFORE DELETE ON journal
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

-- Also stops INSERT OR REPLACE, which would delete without the trigger above.
CREATE TRIGGER journal_has_no_gap BEFORE INSERT ON journal
WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM journal)
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

-- Where the journal ends, with a keyed code, so that a cut-off or rewritten end shows.
CREATE TABLE journal_head (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    seq      INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    code     BLOB NOT NULL
) STRICT;
