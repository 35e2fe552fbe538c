-- What people did with alerts: nothing is changed, only added. Of two actions under one revision the one with the lesser (at, id)
-- counts, and the other was told so.
CREATE TABLE IF NOT EXISTS alert_actions
(
    tenant LowCardinality(String),
    -- The alert as it was addressed then; an alert that it was redirected to takes its actions over.
    alert_id FixedString(32),
    revision UInt32,
    id UUID,
    -- acknowledge, close, reopen, assign, note.
    kind LowCardinality(String),
    at DateTime64(6, 'UTC'),
    by String,
    subject String,
    -- Of close: true-positive, benign, false-positive, duplicate.
    reason LowCardinality(String),
    -- Of assign; null: nobody.
    assignee Nullable(String),
    note String,
    -- What the alert was when somebody acted on it: one that becomes more urgent after that is open again.
    severity LowCardinality(String),
    response LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, alert_id, revision, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
