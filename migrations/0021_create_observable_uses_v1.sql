-- The observables that may have come from elsewhere: secrets presented, targets reached, and what refused attempts asked for.
-- Ordered by session, where observables are ordered by digest: the correlator asks "what did this access use", then "where was that answered".
CREATE TABLE IF NOT EXISTS observable_uses
(
    tenant LowCardinality(String),
    session_id UUID,
    seq UInt32,
    digest FixedString(32),
    role LowCardinality(String),
    at String,
    hash FixedString(64),
    ts DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(UUIDv7ToDateTime(session_id, 'UTC'))
ORDER BY (tenant, session_id, seq, digest, role, at, hash)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS observable_uses_from_observables TO observable_uses AS
SELECT tenant, session_id, seq, digest, role, at, hash, ts
FROM observables
WHERE role IN ('presented', 'target') OR (type = 'access.decided' AND role = 'asked');
