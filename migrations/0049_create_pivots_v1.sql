-- Uses are also what a command names as where it will go, and the trace ids that requests carry. Nothing recorded before had either.
ALTER TABLE observable_uses_from_observables MODIFY QUERY
SELECT tenant, session_id, seq, digest, role, at, hash, ts
FROM observables
WHERE role IN ('presented', 'target', 'named') OR kind = 'trace' OR (type = 'access.decided' AND role = 'asked');

-- What commands and statements named as where they will go. In the order of event time: the correlator asks for those that nobody
-- followed by now.
CREATE TABLE IF NOT EXISTS pivots
(
    tenant LowCardinality(String),
    ts DateTime64(6, 'UTC'),
    session_id UUID,
    seq UInt32,
    hash FixedString(64),
    elapsed_us UInt64,
    -- seq of the event that says so, and where in its body (RFC 6901).
    event UInt32,
    at String,
    tool LowCardinality(String),
    relation LowCardinality(String),
    host Nullable(String),
    port Nullable(Int64),
    account Nullable(String),
    object Nullable(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, ts, session_id, seq, hash)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS pivots_from_events TO pivots DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT
    tenant, ts, session_id, seq, hash, elapsed_us,
    JSONExtract(content, 'body', 'event', 'UInt32') AS event,
    JSONExtractString(content, 'body', 'at') AS at,
    JSONExtractString(content, 'body', 'tool') AS tool,
    JSONExtractString(content, 'body', 'relation') AS relation,
    JSONExtract(content, 'body', 'host', 'Nullable(String)') AS host,
    JSONExtract(content, 'body', 'port', 'Nullable(Int64)') AS port,
    JSONExtract(content, 'body', 'account', 'Nullable(String)') AS account,
    JSONExtract(content, 'body', 'object', 'Nullable(String)') AS object
FROM session_events
WHERE type = 'pivot.named';

-- How far event time has come, as each gateway says with every heartbeat. One row a gateway, however many sessions it had.
CREATE TABLE IF NOT EXISTS gateway_times
(
    tenant LowCardinality(String),
    gateway_id String,
    ts SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant, gateway_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS gateway_times_from_events TO gateway_times DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT tenant, toString(session_events.gateway_id) AS gateway_id, max(session_events.ts) AS ts
FROM session_events
WHERE type = 'gateway.heartbeat'
GROUP BY tenant, gateway_id;
