CREATE TABLE erased_photo (
    photo_sha256 TEXT COLLATE "C" PRIMARY KEY REFERENCES photo (sha256) ON DELETE CASCADE,
    since_ms     BIGINT NOT NULL,
    gone_at_ms   BIGINT
);

CREATE INDEX erased_photo_there ON erased_photo (since_ms) WHERE gone_at_ms IS NULL;

CREATE INDEX submission_captured ON submission (batch, coalesce(captured_at_ms, received_at_ms)) WHERE state <> 'erased';
CREATE INDEX payment_asked ON payment (at_ms) WHERE state = 'asked';
