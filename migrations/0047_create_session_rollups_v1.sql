-- One row a session (and a gateway's boot stream), rolled up from its events: as `sessions` did it, kept for pages of a list.
-- Sessions that began together stand together, to the millisecond, in granules of 256: whoever wants fifty of ten million
-- reads little beside them. The view sees redelivered events too, so every aggregate is idempotent: min, max, and sets.
CREATE TABLE IF NOT EXISTS session_rollups
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
    -- Seqs of what the caller asked: statements, commands, requests, and lines that were entered in a shell.
    commands AggregateFunction(groupBitmapIf, UInt32, UInt8),
    -- Seqs of what failed.
    failures AggregateFunction(groupBitmapIf, UInt32, UInt8),
    INDEX by_first_ts first_ts TYPE minmax GRANULARITY 1,
    -- A value that few sessions have: where it is not, nothing is read. What many have is found in the first window.
    INDEX by_run run TYPE bloom_filter(0.01) GRANULARITY 8,
    INDEX by_principal principal TYPE bloom_filter(0.01) GRANULARITY 8,
    INDEX by_root_principal root_principal TYPE bloom_filter(0.01) GRANULARITY 8,
    INDEX by_target_name target_name TYPE bloom_filter(0.01) GRANULARITY 8,
    INDEX by_target_account target_account TYPE bloom_filter(0.01) GRANULARITY 8,
    INDEX by_origin_address origin_address TYPE bloom_filter(0.01) GRANULARITY 8,
    INDEX by_end_reason end_reason TYPE set(16) GRANULARITY 1,
    -- Made anew by each merge, from the merged row: 0 where this row alone shows a whole session, which most in time do.
    INDEX by_wholeness if(end_reason = '' OR finalizeAggregation(seqs) <= last_seq OR finalizeAggregation(gaps) > 0
        OR finalizeAggregation(hashes) > finalizeAggregation(seqs), 1, 0) TYPE minmax GRANULARITY 1
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(UUIDv7ToDateTime(session_id, 'UTC'))
ORDER BY (tenant, UUIDv7ToDateTime(session_id, 'UTC'), session_id)
-- Small blocks: whoever reads one granule unpacks little else.
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 256, min_compress_block_size = 4096,
    max_compress_block_size = 65536;

CREATE MATERIALIZED VIEW IF NOT EXISTS session_rollups_from_events TO session_rollups DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT
    tenant,
    session_id,
    max(session_events.session_id = session_events.boot_id AND session_events.target_protocol = '') AS is_boot,
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
    groupBitmapIfState(seq, toUInt8(
        type IN ('sql.statement', 'ssh.exec', 'kubernetes.request', 'http.request', 'tool.call')
        OR (type = 'terminal.input' AND JSONExtractBool(content, 'body', 'isEchoed')
            AND position(JSONExtractString(content, 'body', 'data', 'utf8'), '\r') > 0))) AS commands,
    groupBitmapIfState(seq, toUInt8(is_failure)) AS failures
FROM session_events
GROUP BY tenant, session_id;

-- What was there before the view. What both bring is one.
INSERT INTO session_rollups
(
    tenant, session_id, is_boot, gateway_id, boot_id, run, principal, root_principal, lineage, origin_address, origin_port,
    origin_client, target_name, target_protocol, target_address, target_account, client, database, imported_file, first_ts,
    last_ts, elapsed_us, last_seq, end_reason, seqs, hashes, gaps, commands, failures
)
SELECT
    tenant, session_id, is_boot, gateway_id, boot_id, run, principal, root_principal, lineage, origin_address, origin_port,
    origin_client, target_name, target_protocol, target_address, target_account, client, database, imported_file, first_ts,
    last_ts, elapsed_us, last_seq, end_reason, seqs, hashes, gaps, commands, failures
FROM sessions
SETTINGS max_partitions_per_insert_block = 0;
