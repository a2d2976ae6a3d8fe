-- Whose notifications and of which kind.
CREATE TABLE pockyt_routes (
    route  INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    kind   TEXT NOT NULL,
    UNIQUE (tenant, kind)
) STRICT;

-- What makes a message a duplicate or a conflict. Never pruned, so it holds no body.
CREATE TABLE pockyt_seen (
    route       INTEGER NOT NULL REFERENCES pockyt_routes,
    key         TEXT NOT NULL,    -- '' of doubtful messages
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),    -- of doubtful messages: the content digest
    notice      INTEGER NOT NULL, -- where it was recorded, which may have been pruned
    first       INTEGER NOT NULL, -- the first notice of the same key
    PRIMARY KEY (route, key, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE TABLE pockyt_notices (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    route             INTEGER NOT NULL REFERENCES pockyt_routes,
    state             TEXT NOT NULL
        CHECK (state IN ('dead', 'dismissed', 'done', 'leased', 'quarantined', 'waiting')),
    due_at            INTEGER,    -- of waiting ones: not before; of leased ones: the lease's end
    owner             TEXT,
    fence             INTEGER NOT NULL DEFAULT 0,    -- how often it was claimed
    failures          INTEGER NOT NULL DEFAULT 0,
    deferrals         INTEGER NOT NULL DEFAULT 0,
    received_at       INTEGER NOT NULL,
    changed_at        INTEGER NOT NULL,
    key               TEXT NOT NULL,
    fingerprint       BLOB NOT NULL CHECK (length(fingerprint) = 32),
    content           BLOB NOT NULL CHECK (length(content) = 32),
    key_label         TEXT NOT NULL,    -- which key of the ring matched
    format            TEXT NOT NULL CHECK (format IN ('form', 'json')),
    last_reason       TEXT,
    quarantine        TEXT CHECK (quarantine IN ('ambiguous', 'conflict', 'mismatch', 'unreadable')),
    quarantine_detail TEXT,
    conflict_with     INTEGER,
    body              BLOB NOT NULL,
    CHECK ((due_at IS NOT NULL) = (state IN ('leased', 'waiting'))),
    CHECK ((owner IS NOT NULL) = (state = 'leased')),
    CHECK (state <> 'quarantined' OR quarantine IS NOT NULL),
    CHECK ((conflict_with IS NOT NULL) = (quarantine IS 'conflict'))
) STRICT;

-- What can be claimed, by when.
CREATE INDEX pockyt_notices_due ON pockyt_notices (route, due_at) WHERE due_at IS NOT NULL;
-- Lists and counts; the id is its last column by itself.
CREATE INDEX pockyt_notices_state ON pockyt_notices (state);
-- Pruning.
CREATE INDEX pockyt_notices_finished ON pockyt_notices (state, changed_at) WHERE due_at IS NULL;

-- Deliveries of a notice that differ from it in what does not matter.
CREATE TABLE pockyt_variants (
    notice      INTEGER NOT NULL REFERENCES pockyt_notices ON DELETE CASCADE,
    content     BLOB NOT NULL CHECK (length(content) = 32),
    number      INTEGER NOT NULL,    -- in the order in which they came
    received_at INTEGER NOT NULL,
    key_label   TEXT NOT NULL,
    format      TEXT NOT NULL CHECK (format IN ('form', 'json')),
    body        BLOB NOT NULL,
    PRIMARY KEY (notice, content)
) STRICT, WITHOUT ROWID;

-- Written on opening and by readiness checks.
CREATE TABLE pockyt_pulse (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    beats INTEGER NOT NULL
) STRICT;
INSERT INTO pockyt_pulse (one, beats) VALUES (1, 0);

-- For people: without bodies, with times that can be read (UTC).
CREATE VIEW pockyt_inbox AS
SELECT n.id, r.tenant, r.kind, n.state, n.key,
       strftime('%Y-%m-%d %H:%M:%S', n.received_at / 1000.0, 'unixepoch') AS received,
       strftime('%Y-%m-%d %H:%M:%S', n.changed_at / 1000.0, 'unixepoch') AS changed,
       strftime('%Y-%m-%d %H:%M:%S', n.due_at / 1000.0, 'unixepoch') AS due,
       n.owner, n.failures, n.deferrals, n.last_reason,
       n.quarantine, n.quarantine_detail, n.conflict_with, n.key_label
FROM pockyt_notices AS n JOIN pockyt_routes AS r USING (route);
