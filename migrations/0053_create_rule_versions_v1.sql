-- Rules of a tenant's own, and what a tenant changed of those that come with Hoptrace. Versions are added, never changed; the
-- greatest counts, of two under one number that with the lesser (at, id).
CREATE TABLE IF NOT EXISTS rule_versions
(
    tenant LowCardinality(String),
    rule_id String,
    version UInt32,
    id UUID,
    -- Sigma as YAML; empty where a shipped rule is only switched.
    text String CODEC(ZSTD(3)),
    -- page, queue, log; empty: as the rule says.
    response LowCardinality(String),
    is_enabled Bool,
    -- First 12 hex digits of SHA-256 over text, response and is_enabled in canonical JSON.
    revision String,
    at DateTime64(6, 'UTC'),
    by String
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, rule_id, version, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
