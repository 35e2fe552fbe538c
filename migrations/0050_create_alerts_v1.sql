-- One row an alert, named after its earliest finding. One writer a tenant: the correlator. version grows by one with every change.
-- An alert whose earliest finding turned out to be another's stays as a row that says which alert it is now.
CREATE TABLE IF NOT EXISTS alerts
(
    tenant LowCardinality(String),
    id FixedString(32),
    -- Empty while it stands by itself.
    redirect_to String,
    -- Nothing is left of it: what it rested on was linked otherwise.
    is_deleted Bool,
    -- Empty for one about an event outside of any chain.
    chain_id String,
    -- informational, low, medium, high, critical.
    severity LowCardinality(String),
    -- page, queue, log.
    response LowCardinality(String),
    sentence String,
    principal Nullable(String),
    root_principal Nullable(String),
    -- The first is the one that acted.
    runs Array(UUID),
    targets Array(String),
    protocols Array(LowCardinality(String)),
    -- Ids of the rules that found it, each once.
    rules Array(String),
    -- Event time of its first finding and of its last.
    first_ts DateTime64(6, 'UTC'),
    last_ts DateTime64(6, 'UTC'),
    -- By the correlator's clock, when it was stored first; later versions keep it, and so does what it is redirected to.
    raised_at DateTime64(3, 'UTC'),
    -- The alert as JSON: its findings, reach, credentials to rotate, weakest link, baseline.
    content String CODEC(ZSTD(3)),
    version UInt64,
    INDEX by_chain chain_id TYPE bloom_filter GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
