-- Of what nobody is told, until when, and who answers for that. All parts that are not null must fit.
CREATE TABLE IF NOT EXISTS suppressions
(
    tenant LowCardinality(String),
    id UUID,
    rule Nullable(String),
    principal Nullable(String),
    target Nullable(String),
    reason String,
    owner String,
    created_by String,
    created_at DateTime64(6, 'UTC'),
    until DateTime64(6, 'UTC'),
    lifted_by Nullable(String),
    lifted_at Nullable(DateTime64(6, 'UTC')),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
