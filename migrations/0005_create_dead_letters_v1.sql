-- Messages that could not be understood, kept whole. The same bytes are one letter, however often they arrive.
CREATE TABLE IF NOT EXISTS dead_letters
(
    -- Of the ingest that received it: what the message itself claims is not believed.
    tenant LowCardinality(String),
    -- SHA-256 of the received bytes, in hex.
    id FixedString(64),
    reason LowCardinality(String),
    -- Which field was wrong; empty when the whole was.
    at String,
    received_base64 String CODEC(ZSTD(3)),
    size UInt64,
    source String,
    partition String,
    offset UInt64,
    first_seen DateTime64(3, 'UTC'),
    -- The earliest sighting stays: the highest version wins a merge.
    earliness UInt64 MATERIALIZED bitNot(toUInt64(toUnixTimestamp64Milli(first_seen)))
)
ENGINE = ReplacingMergeTree(earliness)
ORDER BY (tenant, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
