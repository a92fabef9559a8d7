-- What this desk exported of a hub's submissions, on its way to that hub: 'exported' waits to be told, 'told' waits for
-- the processed photo to be published, 'refused' is a print that the hub does not know as approved.
CREATE TABLE export_report (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    job          TEXT NOT NULL,
    submission   TEXT NOT NULL,
    photo_sha256 TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    final_sha256 TEXT,
    state        TEXT NOT NULL DEFAULT 'exported' CHECK (state IN ('exported', 'told', 'refused')),
    code         TEXT,
    UNIQUE (job, submission),
    FOREIGN KEY (job, submission) REFERENCES export_item (job, submission)
) STRICT;

CREATE INDEX export_report_submission ON export_report (submission);

-- At a hub: the device that prints an order.
CREATE TABLE print_order_holder (
    number TEXT PRIMARY KEY NOT NULL REFERENCES print_order (number),
    device TEXT NOT NULL REFERENCES device (id)
) STRICT;

-- At a desk: orders that are a hub's, and their steps on the way to it.
CREATE TABLE hub_print_order (
    number TEXT PRIMARY KEY NOT NULL REFERENCES print_order (number)
) STRICT;

CREATE TABLE print_order_report (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    number          TEXT NOT NULL REFERENCES hub_print_order (number),
    event           TEXT NOT NULL,
    carrier         TEXT,
    tracking_number TEXT
) STRICT;
