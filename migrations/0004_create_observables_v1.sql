-- Keyed digests of values, and where each value stood. Ordered by digest: "where else was this value seen" is one range read.
CREATE TABLE IF NOT EXISTS observables
(
    tenant LowCardinality(String),
    -- HMAC-SHA-256 of kind and canonical form, first 128 bits in hex.
    digest FixedString(32),
    kind LowCardinality(String),
    key_id LowCardinality(String),
    role LowCardinality(String),
    -- The canonical form, for kinds that are not secret.
    value Nullable(String),
    session_id UUID,
    seq UInt32,
    hash FixedString(64),
    ts DateTime64(6, 'UTC'),
    elapsed_us UInt64,
    -- JSON pointer (RFC 6901) into the event's body; empty when the value stands in no recorded field.
    at String,
    -- UTF-16 units into that field.
    offset Nullable(UInt64),
    run Nullable(UUID),
    principal LowCardinality(Nullable(String)),
    root_principal LowCardinality(Nullable(String)),
    target_name LowCardinality(String),
    target_protocol LowCardinality(String),
    type LowCardinality(String)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(UUIDv7ToDateTime(session_id, 'UTC'))
ORDER BY (tenant, digest, session_id, seq, role, at, hash)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
