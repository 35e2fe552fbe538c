-- How far each stage of the analysis has got, in event time.
CREATE TABLE IF NOT EXISTS analysed
(
    tenant LowCardinality(String),
    stage LowCardinality(String),
    partition String,
    -- Everything before this moment has been looked at.
    watermark DateTime64(6, 'UTC'),
    updated_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY (tenant, stage, partition)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
