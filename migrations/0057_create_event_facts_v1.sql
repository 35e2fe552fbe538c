-- What the correlator made out of single events: what was done, how much, and which rules over events it fits. One row an event of
-- which there is anything to say. Rules and facts of chains are read from here: an event's content is looked at once.
CREATE TABLE IF NOT EXISTS event_facts
(
    tenant LowCardinality(String),
    session_id UUID,
    seq UInt32,
    ts DateTime64(6, 'UTC'),
    type LowCardinality(String),
    acts Array(LowCardinality(String)),
    commands UInt32,
    writes UInt32,
    rows UInt64,
    bytes UInt64,
    -- Ids of detection rules over events that it fits; those too that only correlations ask for.
    rules Array(LowCardinality(String)),
    version UInt64,
    INDEX by_ts ts TYPE minmax GRANULARITY 1,
    INDEX by_match notEmpty(rules) TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(UUIDv7ToDateTime(session_id, 'UTC'))
ORDER BY (tenant, toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')), session_id, seq)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
