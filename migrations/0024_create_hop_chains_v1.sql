-- One row a hop chain, named after its first access. A chain whose first access turned out to have been led to itself
-- is part of another: its row stays and says which, so that its address still leads somewhere.
CREATE TABLE IF NOT EXISTS hop_chains
(
    tenant LowCardinality(String),
    id FixedString(32),
    -- Chain that this one became part of; empty while it stands by itself.
    redirect_to String,
    -- No hop is left of it.
    is_deleted Bool,
    root_access String,
    root_principals Array(String),
    principals Array(String),
    protocols Array(String),
    -- In the order in which they were reached.
    targets Array(String),
    classes Array(String),
    first_ts DateTime64(6, 'UTC'),
    last_ts DateTime64(6, 'UTC'),
    hops UInt32,
    accesses UInt32,
    refused UInt32,
    max_depth UInt32,
    -- Thousandths of log-odds: the sum over the hops, and the weakest of them.
    score Int64,
    weakest_score Int32,
    title String,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Which chain an access is part of: at most one.
CREATE TABLE IF NOT EXISTS hop_chain_accesses
(
    tenant LowCardinality(String),
    access_id String,
    chain_id FixedString(32),
    depth UInt32,
    -- session, refused or use.
    kind LowCardinality(String),
    session_id UUID,
    seq UInt32,
    ms UInt64,
    first_ts DateTime64(6, 'UTC'),
    last_ts DateTime64(6, 'UTC'),
    is_open Bool,
    run Nullable(UUID),
    lineage Array(UUID),
    principal Nullable(String),
    root_principal Nullable(String),
    origin Nullable(String),
    protocol LowCardinality(String),
    target String,
    address Nullable(String),
    account Nullable(String),
    deny_reason LowCardinality(String),
    is_deleted Bool,
    version UInt64,
    INDEX by_chain chain_id TYPE bloom_filter GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, access_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
