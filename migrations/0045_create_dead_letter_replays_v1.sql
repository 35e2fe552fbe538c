-- Each time that somebody had a dead letter published again, and what came of it. A letter is settled once it was stored.
CREATE TABLE IF NOT EXISTS dead_letter_replays
(
    tenant LowCardinality(String),
    id FixedString(64),
    replayed_at DateTime64(3, 'UTC'),
    replayed_by String,
    -- stored, published or not-understood.
    outcome LowCardinality(String),
    -- Why it is still no event; empty when it is one.
    reason LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, id, replayed_at, replayed_by, outcome)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
