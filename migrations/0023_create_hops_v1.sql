-- One hop an access: what most likely led to it. Keyed by that access, so that a better parent replaces the one before.
-- version grows by one with every change of the row; a hop that is no more stays as a row that says so.
CREATE TABLE IF NOT EXISTS hops
(
    tenant LowCardinality(String),
    -- A session id, or stream.seq of a refused attempt or of a use inside a session.
    to_access String,
    -- H(from event, to event, class).
    id FixedString(32),
    from_access String,
    chain_id FixedString(32),
    class LowCardinality(String),
    -- Thousandths of log-odds.
    score Int32,
    from_session UUID,
    from_seq UInt32,
    from_ts DateTime64(6, 'UTC'),
    from_ms UInt64,
    from_at String,
    from_offset Nullable(UInt64),
    to_session UUID,
    to_seq UInt32,
    to_ts DateTime64(6, 'UTC'),
    to_ms UInt64,
    to_at String,
    to_offset Nullable(UInt64),
    sentence String,
    -- JSON arrays: every class of evidence, and the accesses that came next.
    evidence String CODEC(ZSTD(3)),
    alternatives String CODEC(ZSTD(3)),
    is_deleted Bool,
    version UInt64,
    INDEX by_id id TYPE bloom_filter GRANULARITY 1,
    INDEX by_chain chain_id TYPE bloom_filter GRANULARITY 1,
    INDEX by_to_session to_session TYPE bloom_filter GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, to_access)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
