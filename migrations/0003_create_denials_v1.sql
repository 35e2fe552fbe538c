-- Refused attempts at an access. They are nodes of the hop graph, but they opened no session:
-- each stands in its gateway's boot stream (or in the session whose target refused), and is addressed as (session_id, seq).
CREATE TABLE IF NOT EXISTS denials
(
    tenant LowCardinality(String),
    session_id UUID,
    seq UInt32,
    hash FixedString(64),
    ts DateTime64(6, 'UTC'),
    elapsed_us UInt64,
    gateway_id LowCardinality(String),
    boot_id UUID,
    run Nullable(UUID),
    principal LowCardinality(Nullable(String)),
    root_principal LowCardinality(Nullable(String)),
    lineage Array(UUID),
    origin_address LowCardinality(String),
    origin_port Int64,
    origin_client LowCardinality(Nullable(String)),
    -- deny or review.
    decision LowCardinality(String),
    reason LowCardinality(String),
    asked_protocol LowCardinality(String),
    asked_target String,
    asked_account Nullable(String),
    asked_database Nullable(String),
    method LowCardinality(String),
    message String
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (tenant, toStartOfHour(ts), session_id, seq, hash)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- A refusal stands in a stream that is nobody's: who asked, and from where, stands in its body.
CREATE MATERIALIZED VIEW IF NOT EXISTS denials_from_events TO denials AS
SELECT
    tenant, session_id, seq, hash, ts, elapsed_us, gateway_id, boot_id,
    coalesce(JSONExtract(content, 'body', 'by', 'run', 'Nullable(UUID)'), session_events.run) AS run,
    coalesce(JSONExtract(content, 'body', 'by', 'principal', 'Nullable(String)'), CAST(session_events.principal, 'Nullable(String)')) AS principal,
    coalesce(JSONExtract(content, 'body', 'by', 'rootPrincipal', 'Nullable(String)'), CAST(session_events.root_principal, 'Nullable(String)')) AS root_principal,
    if(JSONHas(content, 'body', 'by', 'lineage'), JSONExtract(content, 'body', 'by', 'lineage', 'Array(UUID)'), session_events.lineage) AS lineage,
    if(JSONHas(content, 'body', 'origin'), JSONExtractString(content, 'body', 'origin', 'address'), toString(session_events.origin_address)) AS origin_address,
    if(JSONHas(content, 'body', 'origin'), JSONExtractInt(content, 'body', 'origin', 'port'), session_events.origin_port) AS origin_port,
    coalesce(JSONExtract(content, 'body', 'origin', 'client', 'Nullable(String)'), CAST(session_events.origin_client, 'Nullable(String)')) AS origin_client,
    JSONExtractString(content, 'body', 'decision') AS decision,
    JSONExtractString(content, 'body', 'reason') AS reason,
    JSONExtractString(content, 'body', 'asked', 'protocol') AS asked_protocol,
    JSONExtractString(content, 'body', 'asked', 'target') AS asked_target,
    JSONExtract(content, 'body', 'asked', 'account', 'Nullable(String)') AS asked_account,
    JSONExtract(content, 'body', 'asked', 'database', 'Nullable(String)') AS asked_database,
    JSONExtractString(content, 'body', 'method') AS method,
    JSONExtractString(content, 'body', 'message') AS message
FROM session_events
WHERE type = 'access.decided' AND outcome != 'allow';
