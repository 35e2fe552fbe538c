-- The highest seq that a gateway said each session has, so that a lost tail shows.
-- A boot stream stands here too, under its boot id, with the seq of the heartbeat itself.
CREATE TABLE IF NOT EXISTS heartbeats
(
    tenant LowCardinality(String),
    gateway_id LowCardinality(String),
    boot_id UUID,
    session_id UUID,
    last_seq SimpleAggregateFunction(max, UInt64),
    -- When the gateway last said so.
    ts SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (tenant, session_id, gateway_id, boot_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS heartbeats_from_events TO heartbeats AS
SELECT
    tenant,
    gateway_id,
    boot_id,
    tupleElement(open, 1) AS session_id,
    max(tupleElement(open, 2)) AS last_seq,
    max(session_events.ts) AS ts
FROM session_events
ARRAY JOIN arrayPushBack(
    JSONExtract(content, 'body', 'open', 'Array(Tuple(UUID, UInt64))'),
    (session_events.session_id, toUInt64(session_events.seq))
) AS open
WHERE type = 'gateway.heartbeat'
GROUP BY tenant, gateway_id, boot_id, session_id;
