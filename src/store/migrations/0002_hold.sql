-- Photos set aside without a decision: parked for later, or escalated to a senior.

ALTER TABLE submission ADD COLUMN hold TEXT CHECK (hold IN ('parked', 'escalated'));

CREATE INDEX submission_hold ON submission (batch, hold) WHERE hold IS NOT NULL;

-- The latest note of a hold, sealed, for it may name a person.
CREATE TABLE hold_note (
    submission  TEXT PRIMARY KEY NOT NULL REFERENCES submission (id),
    noted_by    TEXT NOT NULL,
    at_ms       INTEGER NOT NULL,
    sealed_note BLOB NOT NULL
) STRICT;
