-- Quality: who signs here, how much is looked at again, second reviews, photos whose answer is known, and what was answered.

CREATE TABLE reviewer (
    name TEXT PRIMARY KEY NOT NULL CHECK (trim(name) <> ''),
    role TEXT NOT NULL DEFAULT 'reviewer' CHECK (role IN ('reviewer', 'senior'))
) STRICT, WITHOUT ROWID;

INSERT INTO reviewer (name) SELECT DISTINCT decided_by FROM submission WHERE trim(decided_by) <> '';

-- The shares that were set, in percent; the row of no batch is the desk's. Without a row the built-in shares hold.
CREATE TABLE quality_share (
    batch          TEXT PRIMARY KEY NOT NULL,
    second_percent REAL NOT NULL CHECK (second_percent BETWEEN 0 AND 100),
    known_percent  REAL NOT NULL CHECK (known_percent BETWEEN 0 AND 100)
) STRICT, WITHOUT ROWID;

-- One row a decision that is looked at again. The opinions are JSON: who, verdict, reason codes.
CREATE TABLE second_review (
    row           INTEGER PRIMARY KEY NOT NULL,
    of_submission TEXT NOT NULL REFERENCES submission (id),
    first_seq     INTEGER NOT NULL UNIQUE REFERENCES journal (seq),
    seen_sha256   TEXT NOT NULL,
    seen_revision INTEGER NOT NULL,
    cause         TEXT NOT NULL CHECK (cause IN ('share', 'identity', 'asked')),
    stage         TEXT NOT NULL CHECK (stage IN ('open', 'agreed', 'disputed', 'settled', 'void')),
    first         TEXT NOT NULL CHECK (json_valid(first)),
    second        TEXT CHECK (json_valid(second)),
    ruling        TEXT CHECK (json_valid(ruling)),
    second_at_ms  INTEGER
) STRICT;

-- Never two that wait for one submission.
CREATE UNIQUE INDEX second_review_waiting ON second_review (of_submission) WHERE stage IN ('open', 'disputed');
CREATE INDEX second_review_stage ON second_review (stage);
CREATE INDEX second_review_at ON second_review (second_at_ms) WHERE second_at_ms IS NOT NULL;

CREATE TABLE known_answer (
    of_submission TEXT PRIMARY KEY NOT NULL REFERENCES submission (id),
    seen_sha256   TEXT NOT NULL,
    seen_revision INTEGER NOT NULL,
    answer        TEXT NOT NULL CHECK (json_valid(answer))
) STRICT, WITHOUT ROWID;

-- What somebody answered without knowing that the answer is known; each once.
CREATE TABLE test_answer (
    of_submission TEXT NOT NULL REFERENCES submission (id),
    answered_by   TEXT NOT NULL,
    at_ms         INTEGER NOT NULL,
    given         TEXT NOT NULL CHECK (json_valid(given)),
    known         TEXT NOT NULL CHECK (json_valid(known)),
    PRIMARY KEY (of_submission, answered_by)
) STRICT, WITHOUT ROWID;

CREATE INDEX test_answer_at ON test_answer (at_ms);
