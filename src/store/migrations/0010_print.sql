-- A printed sheet whose person's approval was taken back since: the print must not be given out.
CREATE TABLE recall (
    job           TEXT NOT NULL REFERENCES export_job (id),
    submission    TEXT NOT NULL REFERENCES submission (id),
    noticed_at_ms INTEGER NOT NULL,
    -- When the print was destroyed, or the approval stood again.
    settled_at_ms INTEGER,
    PRIMARY KEY (job, submission)
) STRICT, WITHOUT ROWID;

CREATE INDEX recall_open ON recall (noticed_at_ms) WHERE settled_at_ms IS NULL;

-- Reprints that were paid for: how many copies of whose photo, and where they go.
CREATE TABLE print_order (
    number           TEXT PRIMARY KEY NOT NULL,
    submission       TEXT NOT NULL REFERENCES submission (id),
    layout           TEXT NOT NULL,
    paper            TEXT NOT NULL,
    copies           INTEGER NOT NULL CHECK (copies > 0),
    state            TEXT NOT NULL CHECK (state IN ('awaiting_payment', 'approved', 'in_production',
        'awaiting_shipment', 'shipped', 'completed', 'closed', 'refunded')),
    -- Masked name of whoever gets it, for lists.
    masked_name      TEXT NOT NULL,
    -- Name, address and phone: sealed JSON bound to this row.
    sealed           BLOB NOT NULL,
    -- The export that printed it.
    job              TEXT REFERENCES export_job (id),
    carrier          TEXT,
    tracking_number  TEXT,
    created_at_ms    INTEGER NOT NULL,
    shipped_at_ms    INTEGER
) STRICT;

CREATE INDEX print_order_state ON print_order (state, created_at_ms, number);
CREATE INDEX print_order_submission ON print_order (submission);
