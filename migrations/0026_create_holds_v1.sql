-- What must not expire: a session, a hop chain with all its sessions, or every session with an event in a range of time.
-- A hold is placed once and released at most once: the release is the second version of its row.
CREATE TABLE IF NOT EXISTS holds
(
    tenant LowCardinality(String),
    id UUID,
    -- session, chain or range.
    kind LowCardinality(String),
    -- The session or the chain; empty for a range.
    subject String,
    -- [from, to); both the epoch unless it is a range.
    from_ts DateTime64(6, 'UTC'),
    to_ts DateTime64(6, 'UTC'),
    reason String,
    placed_by String,
    placed_at DateTime64(3, 'UTC'),
    released_by Nullable(String),
    released_at Nullable(DateTime64(3, 'UTC')),
    version UInt8
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
