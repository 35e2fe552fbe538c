-- Every event of every session and of every gateway's own boot stream, one row each.
-- The key ends in the hash: a redelivered event merges away, while two contents under one (session, seq) are both kept.
-- A UUIDv7 does not sort by time here, so its hour stands before it; the session's own day partitions, so that duplicates meet.
CREATE TABLE IF NOT EXISTS session_events
(
    tenant LowCardinality(String),
    session_id UUID,
    seq UInt32,
    ts DateTime64(6, 'UTC'),
    -- Monotonic microseconds since the session began.
    elapsed_us UInt64,
    gateway_id LowCardinality(String),
    boot_id UUID,
    run Nullable(UUID),
    -- Null is "not known", which is not the same as an empty name.
    principal LowCardinality(Nullable(String)),
    root_principal LowCardinality(Nullable(String)),
    lineage Array(UUID),
    -- Empty, and port 0, when the event has no origin.
    origin_address LowCardinality(String),
    origin_port Int64,
    origin_client LowCardinality(Nullable(String)),
    -- Empty when the event has no target.
    target_name LowCardinality(String),
    target_protocol LowCardinality(String),
    target_address LowCardinality(String),
    target_account LowCardinality(String),
    type LowCardinality(String),
    -- One word on how it went: an SQLSTATE, an exit status, a reason to end or to refuse; empty when there is nothing to say.
    outcome LowCardinality(String),
    is_failure Bool,
    -- What people search: SQL text, a command line, typed input, a path, a refusal's message. Printable, cut at 64 KiB.
    text String CODEC(ZSTD(3)),
    -- The canonical JSON (RFC 8785) that the hash proves, byte for byte.
    content String CODEC(ZSTD(3)),
    prev_hash FixedString(64) CODEC(ZSTD(3)),
    hash FixedString(64) CODEC(ZSTD(3)),
    INDEX text_tokens text TYPE text(tokenizer = 'splitByNonAlpha', preprocessor = lower(text))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(UUIDv7ToDateTime(session_id, 'UTC'))
ORDER BY (tenant, toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')), session_id, seq, hash)
-- An acknowledged insert survives a power cut: the spool deletes what was acknowledged.
-- Small granules: reading one session decompresses little of its neighbours.
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 1024, index_granularity_bytes = 131072;
