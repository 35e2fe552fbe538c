-- One row a run.started event: which run minted which, and where that is recorded.
CREATE TABLE IF NOT EXISTS run_starts
(
    tenant LowCardinality(String),
    run UUID,
    lineage Array(UUID),
    session_id UUID,
    seq UInt32,
    ts DateTime64(6, 'UTC'),
    elapsed_us UInt64,
    hash FixedString(64)
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, run, hash)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS run_starts_from_events TO run_starts AS
SELECT
    tenant,
    JSONExtract(content, 'body', 'runId', 'UUID') AS run,
    JSONExtract(content, 'body', 'lineage', 'Array(UUID)') AS lineage,
    session_id, seq, ts, elapsed_us, hash
FROM session_events
WHERE type = 'run.started';
