-- Devices may also be a senior's or a print room's. SQLite changes a CHECK only with its table; leases name its rows, which
-- are there again before this step ends.
PRAGMA defer_foreign_keys = ON;

CREATE TABLE device_before AS SELECT * FROM device;
DROP TABLE device;

CREATE TABLE device (
    id             TEXT PRIMARY KEY NOT NULL,
    name           TEXT NOT NULL,
    role           TEXT NOT NULL
                   CHECK (role IN ('reviewer', 'senior', 'print_operator', 'on_site', 'administrator')),
    code_hash      BLOB UNIQUE,
    code_until_ms  INTEGER,
    token_hash     BLOB,
    enrolled_at_ms INTEGER,
    revoked_at_ms  INTEGER
) STRICT;

INSERT INTO device SELECT id, name, role, code_hash, code_until_ms, token_hash, enrolled_at_ms, revoked_at_ms
FROM device_before;
DROP TABLE device_before;
