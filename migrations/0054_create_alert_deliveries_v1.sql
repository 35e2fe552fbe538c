-- Which alert was sent where. One row a destination, an alert and the severity it was told with: it is told again only when that rises.
CREATE TABLE IF NOT EXISTS alert_deliveries
(
    tenant LowCardinality(String),
    alert_id FixedString(32),
    destination String,
    severity LowCardinality(String),
    -- The response that the alert had when it was told: one that comes to page is told again, though its severity stays.
    response LowCardinality(String),
    -- waiting, delivered, failed.
    outcome LowCardinality(String),
    attempts UInt32,
    at DateTime64(3, 'UTC'),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant, alert_id, destination, severity)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
