-- On-site collection: the people of a batch, and which photo is whose.

CREATE TABLE subject (
    id           TEXT PRIMARY KEY NOT NULL,
    batch        TEXT NOT NULL REFERENCES batch (code),
    -- Place in the batch, from 1.
    serial       INTEGER NOT NULL CHECK (serial > 0),
    masked_name  TEXT NOT NULL,
    last_four    TEXT NOT NULL,
    -- Keyed codes of the numbers, so that equal ones are found without any being readable.
    document_key BLOB,
    student_key  BLOB,
    -- What is known of the person, as sealed JSON bound to this row.
    sealed       BLOB NOT NULL,
    added_at_ms  INTEGER NOT NULL,
    UNIQUE (batch, serial)
) STRICT;

CREATE UNIQUE INDEX subject_document ON subject (batch, document_key) WHERE document_key IS NOT NULL;
CREATE UNIQUE INDEX subject_student ON subject (batch, student_key) WHERE student_key IS NOT NULL;

ALTER TABLE submission ADD COLUMN subject TEXT REFERENCES subject (id);

CREATE INDEX submission_subject ON submission (subject) WHERE subject IS NOT NULL;
