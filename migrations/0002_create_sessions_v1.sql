-- One row a session (and a gateway's boot stream), rolled up from its events.
-- The view below sees redelivered events too, so every aggregate here is idempotent: min, max, and sets of seqs and hashes.
CREATE TABLE IF NOT EXISTS sessions
(
    tenant LowCardinality(String),
    session_id UUID,
    -- True for a gateway's own boot stream, which is no session.
    is_boot SimpleAggregateFunction(max, Bool),
    gateway_id SimpleAggregateFunction(max, String),
    boot_id SimpleAggregateFunction(max, UUID),
    run SimpleAggregateFunction(max, Nullable(UUID)),
    principal SimpleAggregateFunction(max, Nullable(String)),
    root_principal SimpleAggregateFunction(max, Nullable(String)),
    lineage SimpleAggregateFunction(max, Array(UUID)),
    origin_address SimpleAggregateFunction(max, String),
    origin_port SimpleAggregateFunction(max, Int64),
    origin_client SimpleAggregateFunction(max, Nullable(String)),
    target_name SimpleAggregateFunction(max, String),
    target_protocol SimpleAggregateFunction(max, String),
    target_address SimpleAggregateFunction(max, String),
    target_account SimpleAggregateFunction(max, String),
    client SimpleAggregateFunction(max, Nullable(String)),
    database SimpleAggregateFunction(max, Nullable(String)),
    imported_file SimpleAggregateFunction(max, Nullable(String)),
    first_ts SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
    last_ts SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
    elapsed_us SimpleAggregateFunction(max, UInt64),
    last_seq SimpleAggregateFunction(max, UInt32),
    -- Reason of session.ended; empty while the session is open.
    end_reason SimpleAggregateFunction(max, String),
    -- Distinct seqs: as many as last_seq + 1 when nothing is missing.
    seqs AggregateFunction(groupBitmap, UInt32),
    -- Distinct hashes, by their first 64 bits: more than there are seqs when two contents stand under one seq.
    hashes AggregateFunction(uniqExact, UInt64),
    -- Seqs of recording.gap.
    gaps AggregateFunction(groupBitmapIf, UInt32, UInt8),
    -- Seqs of what the caller asked: statements, commands, requests.
    commands AggregateFunction(groupBitmapIf, UInt32, UInt8),
    -- Seqs of what failed.
    failures AggregateFunction(groupBitmapIf, UInt32, UInt8)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(UUIDv7ToDateTime(session_id, 'UTC'))
ORDER BY (tenant, toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')), session_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS sessions_from_events TO sessions AS
SELECT
    tenant,
    session_id,
    max(session_events.session_id = session_events.boot_id) AS is_boot,
    max(toString(session_events.gateway_id)) AS gateway_id,
    max(session_events.boot_id) AS boot_id,
    max(session_events.run) AS run,
    max(CAST(session_events.principal, 'Nullable(String)')) AS principal,
    max(CAST(session_events.root_principal, 'Nullable(String)')) AS root_principal,
    max(session_events.lineage) AS lineage,
    max(toString(session_events.origin_address)) AS origin_address,
    max(session_events.origin_port) AS origin_port,
    max(CAST(session_events.origin_client, 'Nullable(String)')) AS origin_client,
    max(toString(session_events.target_name)) AS target_name,
    max(toString(session_events.target_protocol)) AS target_protocol,
    max(toString(session_events.target_address)) AS target_address,
    max(toString(session_events.target_account)) AS target_account,
    max(if(type = 'session.started', JSONExtract(content, 'body', 'client', 'Nullable(String)'), NULL)) AS client,
    max(if(type = 'session.started', JSONExtract(content, 'body', 'database', 'Nullable(String)'), NULL)) AS database,
    max(if(type = 'session.started', JSONExtract(content, 'body', 'imported', 'file', 'Nullable(String)'), NULL)) AS imported_file,
    min(ts) AS first_ts,
    max(ts) AS last_ts,
    max(session_events.elapsed_us) AS elapsed_us,
    max(seq) AS last_seq,
    max(if(type = 'session.ended', toString(outcome), '')) AS end_reason,
    groupBitmapState(seq) AS seqs,
    uniqExactState(reinterpretAsUInt64(unhex(substring(hash, 1, 16)))) AS hashes,
    groupBitmapIfState(seq, toUInt8(type = 'recording.gap')) AS gaps,
    groupBitmapIfState(seq, toUInt8(type IN ('sql.statement', 'ssh.exec', 'kubernetes.request', 'http.request', 'tool.call'))) AS commands,
    groupBitmapIfState(seq, toUInt8(is_failure)) AS failures
FROM session_events
GROUP BY tenant, session_id;
