-- Tokens of machines that ask the api. Only hashes are kept. Each row tells what its writer knows of a token and leaves
-- the rest empty: whatever order rows are merged in, what was revoked stays revoked.
CREATE TABLE IF NOT EXISTS service_tokens
(
    tenant LowCardinality(String),
    token_id String,
    name SimpleAggregateFunction(max, String),
    roles SimpleAggregateFunction(max, String),
    may_reveal SimpleAggregateFunction(max, UInt8),
    secret_hash SimpleAggregateFunction(max, String),
    created_by SimpleAggregateFunction(max, String),
    created_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    expires_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    last_used_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    revoked_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (token_id, tenant)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
