-- The hub's side: devices, leases, answers given. The desk's side: its hub, what came from it, what waits to be sent.

-- A desk or a collection point that may speak to this hub. Codes and tokens lie here as SHA-256 only.
CREATE TABLE device (
    id             TEXT PRIMARY KEY NOT NULL,
    name           TEXT NOT NULL,
    role           TEXT NOT NULL CHECK (role IN ('reviewer', 'on_site', 'administrator')),
    code_hash      BLOB UNIQUE,
    code_until_ms  INTEGER,
    token_hash     BLOB,
    enrolled_at_ms INTEGER,
    revoked_at_ms  INTEGER
) STRICT;

-- The row stays when the lease ends, so that its token only grows.
CREATE TABLE lease (
    submission TEXT PRIMARY KEY NOT NULL REFERENCES submission (id),
    token      INTEGER NOT NULL,
    device     TEXT REFERENCES device (id),
    until_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX lease_device ON lease (device) WHERE device IS NOT NULL;

-- What was answered to a write, so that a repeated request gets the same answer.
CREATE TABLE answer (
    device         TEXT NOT NULL,
    key            TEXT NOT NULL,
    request_sha256 BLOB NOT NULL,
    body           TEXT NOT NULL CHECK (json_valid(body)),
    at_ms          INTEGER NOT NULL,
    PRIMARY KEY (device, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX answer_at ON answer (at_ms);

-- The hub this desk works with. Journal entries of the hub up to the cursor have been taken over.
CREATE TABLE hub_link (
    only_row     INTEGER PRIMARY KEY CHECK (only_row = 1),
    url          TEXT NOT NULL,
    device       TEXT NOT NULL,
    sealed_token BLOB NOT NULL,
    cursor       INTEGER NOT NULL DEFAULT 0,
    in_step_at_ms INTEGER
) STRICT;

-- Submissions that came from the hub, with the lease under which they came.
CREATE TABLE hub_item (
    submission TEXT PRIMARY KEY NOT NULL REFERENCES submission (id),
    token      INTEGER NOT NULL,
    until_ms   INTEGER NOT NULL,
    held       INTEGER NOT NULL CHECK (held IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Decisions on their way to the hub, in the order they were taken. A row leaves when the hub has answered it.
CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT NOT NULL UNIQUE,
    submission TEXT NOT NULL,
    token      INTEGER NOT NULL,
    decision   TEXT NOT NULL CHECK (json_valid(decision)),
    at_ms      INTEGER NOT NULL
) STRICT;

CREATE INDEX outbox_submission ON outbox (submission);

-- Decisions the hub refused, each with the answer it gave. Nothing is dropped.
CREATE TABLE hub_conflict (
    seq        INTEGER PRIMARY KEY,
    submission TEXT NOT NULL,
    decision   TEXT NOT NULL CHECK (json_valid(decision)),
    code       TEXT NOT NULL,
    message    TEXT NOT NULL,
    remedy     TEXT NOT NULL,
    at_ms      INTEGER NOT NULL
) STRICT;
