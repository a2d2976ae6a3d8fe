-- Notices that must be confirmed by a query before anybody acts on them.
ALTER TABLE pockyt_notices ADD COLUMN to_confirm INTEGER NOT NULL DEFAULT 0 CHECK (to_confirm IN (0, 1));

DROP VIEW pockyt_inbox;
CREATE VIEW pockyt_inbox AS
SELECT n.id, r.tenant, r.kind, n.state, n.key,
       strftime('%Y-%m-%d %H:%M:%S', n.received_at / 1000.0, 'unixepoch') AS received,
       strftime('%Y-%m-%d %H:%M:%S', n.changed_at / 1000.0, 'unixepoch') AS changed,
       strftime('%Y-%m-%d %H:%M:%S', n.due_at / 1000.0, 'unixepoch') AS due,
       n.owner, n.failures, n.deferrals, n.last_reason,
       n.quarantine, n.quarantine_detail, n.conflict_with, n.to_confirm, n.key_label
FROM pockyt_notices AS n JOIN pockyt_routes AS r USING (route);
