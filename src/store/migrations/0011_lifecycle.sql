-- The hub's side of an order's life: the rules of a batch, orders before and after their photo, payments, closing.

-- What the batch asks of its students, as JSON; an empty object limits nothing.
ALTER TABLE batch ADD COLUMN rules TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(rules));

-- When the first photo was taken, as far as it is believed: retention counts from here. Empty: from its arrival.
ALTER TABLE submission ADD COLUMN captured_at_ms INTEGER;

CREATE TABLE student_order (
    number       TEXT PRIMARY KEY NOT NULL,
    batch        TEXT NOT NULL REFERENCES batch (code),
    masked_name  TEXT NOT NULL,
    -- Counts while there is no submission; afterwards the submission's own does.
    state        TEXT NOT NULL CHECK (state IN ('awaiting_payment', 'paid', 'closed', 'refunded')),
    fee_fen      INTEGER NOT NULL CHECK (fee_fen >= 0),
    submission   TEXT UNIQUE REFERENCES submission (id),
    opened_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX student_order_unsent ON student_order (batch, state) WHERE submission IS NULL;

-- Payments for orders. The provider knows them by our id; its own number of a payment counts once.
CREATE TABLE payment (
    id             TEXT PRIMARY KEY NOT NULL,
    for_order      TEXT NOT NULL REFERENCES student_order (number),
    way            TEXT NOT NULL CHECK (way IN ('staff', 'wechat')),
    amount_fen     INTEGER NOT NULL CHECK (amount_fen > 0),
    state          TEXT NOT NULL CHECK (state IN ('asked', 'paid', 'refund_asked', 'refunded')),
    provider_id    TEXT UNIQUE,
    recorded_by    TEXT NOT NULL,
    at_ms          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX payment_order ON payment (for_order, at_ms);
CREATE INDEX payment_to_return ON payment (at_ms) WHERE state = 'refund_asked';

-- The closing of a batch: begun once, ended once.
CREATE TABLE batch_closing (
    batch       TEXT PRIMARY KEY NOT NULL REFERENCES batch (code),
    begun_at_ms INTEGER NOT NULL,
    done_at_ms  INTEGER
) STRICT, WITHOUT ROWID;

-- The processed photo that a student sees, of the photo and revision it was made of.
CREATE TABLE published_photo (
    submission      TEXT PRIMARY KEY NOT NULL REFERENCES submission (id),
    made_of_sha256  TEXT NOT NULL,
    final_sha256    TEXT NOT NULL REFERENCES photo (sha256),
    published_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
