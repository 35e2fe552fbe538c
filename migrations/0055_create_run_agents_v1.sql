-- Which agent a run is of: what "first seen" is asked about, whatever the version. One row a run.started event.
-- Kept when sessions expire: a baseline that forgets calls everything new. What was recorded before this table is not in it: a
-- baseline warms up from here.
CREATE TABLE IF NOT EXISTS run_agents
(
    tenant LowCardinality(String),
    -- agent:TEMPLATE, or principal:NAME where no agent was named.
    actor String,
    run UUID,
    -- Empty where no agent was named.
    template String,
    agent_version String,
    principal String,
    ts DateTime64(6, 'UTC'),
    INDEX by_run run TYPE bloom_filter GRANULARITY 1
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, actor, run)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS run_agents_from_events TO run_agents DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT
    tenant,
    if(JSONExtractString(content, 'body', 'agent', 'template') = '',
        concat('principal:', JSONExtractString(content, 'body', 'principal')),
        concat('agent:', JSONExtractString(content, 'body', 'agent', 'template'))) AS actor,
    JSONExtract(content, 'body', 'runId', 'UUID') AS run,
    JSONExtractString(content, 'body', 'agent', 'template') AS template,
    JSONExtractString(content, 'body', 'agent', 'version') AS agent_version,
    JSONExtractString(content, 'body', 'principal') AS principal,
    ts
FROM session_events
WHERE type = 'run.started';
