-- An export's sheets given to a printer directly: each once, unless it is known not to have come out.
CREATE TABLE printing (
    job           TEXT PRIMARY KEY NOT NULL REFERENCES export_job (id),
    -- Address of the print queue.
    queue         TEXT NOT NULL,
    open_network  INTEGER NOT NULL CHECK (open_network IN (0, 1)),
    copies        INTEGER NOT NULL CHECK (copies > 0),
    begun_at_ms   INTEGER NOT NULL,
    -- When the last sheet was settled.
    ended_at_ms   INTEGER
) STRICT;

CREATE INDEX printing_open ON printing (begun_at_ms) WHERE ended_at_ms IS NULL;

CREATE TABLE printing_sheet (
    job           TEXT NOT NULL REFERENCES printing (job),
    -- From 1, in the order in which the sheets come out.
    number        INTEGER NOT NULL CHECK (number > 0),
    path          TEXT NOT NULL,
    sha256        TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'queued', 'printed', 'failed', 'doubtful')),
    -- How often it was sent.
    tries         INTEGER NOT NULL,
    sent_at_ms    INTEGER,
    -- Number of its job in the queue.
    printer_job   INTEGER,
    PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
