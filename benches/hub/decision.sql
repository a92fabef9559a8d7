-- What one decision asks of the database, statement by statement as the hub sends it. The journal's texts and hashes are
-- made up; its order is kept by the same lock.
\set row random(0, 199999)
\set key random(1, 9000000000000000)
BEGIN;
SELECT pg_advisory_xact_lock(7);
SELECT id, name, role, enrolled_at_ms, revoked_at_ms FROM device
    WHERE id = 'x' AND token_hash = '\x00' AND revoked_at_ms IS NULL;
SELECT request_sha256, body FROM answer WHERE device = 'x' AND key = CAST(:key AS TEXT);
SELECT id, batch, masked_name, state, attempt, revision, photo_sha256, received_at_ms, verdict, failed_checks,
    warned_checks, hold FROM submission WHERE id = 's' || lpad(CAST(:row AS TEXT), 6, '0');
SELECT damaged, decided_by, decided_seq FROM submission WHERE id = 's' || lpad(CAST(:row AS TEXT), 6, '0');
SELECT export_job.id FROM export_item JOIN export_job ON export_job.id = export_item.job
    WHERE export_item.submission = 's' || lpad(CAST(:row AS TEXT), 6, '0') AND export_job.state = 'exporting';
SELECT token, device, until_ms FROM lease WHERE submission = 's' || lpad(CAST(:row AS TEXT), 6, '0');
SELECT seq, hash, code FROM journal_head;
INSERT INTO journal (seq, at_ms, actor, event, prev_hash, hash)
    SELECT seq + 1, 0, 'bench', '{"kind":"decision","submission":"s' || lpad(CAST(:row AS TEXT), 6, '0') ||
        '","photo_sha256":"0000000000000000000000000000000000000000000000000000000000000000","revision": 1,"verb":"approve","reasons":[],"reviewer":"bench","from":"pending_review","to":"approved"}',
        hash, hash FROM journal_head;
INSERT INTO journal_head (only_row, seq, hash, code) SELECT 1, seq + 1, hash, code FROM journal_head
    ON CONFLICT (only_row) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, code = excluded.code;
SELECT way, settle_ms FROM notice_way ORDER BY way;
UPDATE submission SET state = 'approved', decided_by = 'bench', decided_seq = (SELECT seq FROM journal_head),
    hold = NULL WHERE id = 's' || lpad(CAST(:row AS TEXT), 6, '0');
INSERT INTO lease (submission, token, device, until_ms)
    VALUES ('s' || lpad(CAST(:row AS TEXT), 6, '0'), 2, NULL, 0)
    ON CONFLICT (submission) DO UPDATE SET token = excluded.token, device = excluded.device, until_ms = excluded.until_ms;
INSERT INTO answer (device, key, request_sha256, body, at_ms)
    VALUES ('x', CAST(:key AS TEXT), '\x00', '{"key":"0198c1f0-0000-7000-8000-000000000000","submission":"s","now":{}}', 0)
    ON CONFLICT DO NOTHING;
COMMIT;
