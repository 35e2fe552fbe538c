-- What each run reached, and when first: baselines of "first seen" are made of it, and what a run had not reached before.
-- Refused attempts reached nothing. Kept when sessions expire, as run_agents are.
CREATE TABLE IF NOT EXISTS reached
(
    tenant LowCardinality(String),
    target String,
    protocol LowCardinality(String),
    account String,
    -- Nil where there is no run.
    run UUID,
    principal String,
    first_ts SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
    INDEX by_run run TYPE bloom_filter GRANULARITY 1
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant, target, protocol, account, run, principal)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS reached_from_events TO reached DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT
    tenant,
    toString(session_events.target_name) AS target,
    toString(session_events.target_protocol) AS protocol,
    toString(session_events.target_account) AS account,
    ifNull(session_events.run, toUUID('00000000-0000-0000-0000-000000000000')) AS run,
    ifNull(toString(session_events.principal), '') AS principal,
    min(session_events.ts) AS first_ts
FROM session_events
WHERE session_events.target_name != '' AND (type = 'session.started' OR (type = 'access.decided' AND outcome = 'allow'))
GROUP BY tenant, target, protocol, account, run, principal;
