-- What retention deleted, one row a session: a recording that is not there any more is told apart from one that was lost.
-- Written before anything is deleted, so that no crash leaves a hole without its reason.
CREATE TABLE IF NOT EXISTS expired_sessions
(
    tenant LowCardinality(String),
    session_id UUID,
    -- When the session's last event happened.
    last_ts DateTime64(6, 'UTC'),
    events UInt64,
    last_seq UInt32,
    -- In words: `30 days`.
    policy LowCardinality(String),
    -- The same for all sessions of one run of the job.
    expired_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(expired_at)
ORDER BY (tenant, toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')), session_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
