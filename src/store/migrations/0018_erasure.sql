-- Photos whose time is over: marked before their bytes go, so that a break in between is made good, and kept as a
-- tombstone afterwards. Whoever sends the very same photo anew takes the mark away.
CREATE TABLE erased_photo (
    photo_sha256 TEXT PRIMARY KEY NOT NULL REFERENCES photo (sha256) ON DELETE CASCADE,
    since_ms     INTEGER NOT NULL,
    -- When it was seen that the bytes are gone.
    gone_at_ms   INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX erased_photo_there ON erased_photo (since_ms) WHERE gone_at_ms IS NULL;

-- Whose time may be over, and payments that may have come in.
CREATE INDEX submission_captured ON submission (batch, coalesce(captured_at_ms, received_at_ms)) WHERE state <> 'erased';
CREATE INDEX payment_asked ON payment (at_ms) WHERE state = 'asked';
