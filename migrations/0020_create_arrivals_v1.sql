-- What each insert brought, in the order in which it was stored: which session, and its span of event time.
-- The correlator reads on from where it stopped, so that nothing that was stored while it was down, or late, is missed.
-- stored_at is only this order: no result depends on it. An event's observables are stored before it, so they need no arrival of their own.
CREATE TABLE IF NOT EXISTS arrivals
(
    tenant LowCardinality(String),
    stored_at DateTime64(6, 'UTC'),
    session_id UUID,
    first_ts DateTime64(6, 'UTC'),
    last_ts DateTime64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY (stored_at, tenant, session_id)
TTL toDateTime(stored_at) + INTERVAL 30 DAY;

CREATE MATERIALIZED VIEW IF NOT EXISTS arrivals_from_events TO arrivals AS
SELECT tenant, now64(6, 'UTC') AS stored_at, session_id, min(session_events.ts) AS first_ts, max(session_events.ts) AS last_ts
FROM session_events
WHERE type NOT IN ('gateway.heartbeat', 'recording.viewed')
GROUP BY tenant, session_id;

-- How far the correlator has read the arrivals.
CREATE TABLE IF NOT EXISTS correlator_cursors
(
    name LowCardinality(String),
    stored_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(stored_at)
ORDER BY name
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
