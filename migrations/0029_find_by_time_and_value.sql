-- Lists and searches go back in time a window at a time. Rows stand in the order of sessions, so that how early and how late
-- a run of them is must be known without reading them.
ALTER TABLE session_events ADD INDEX IF NOT EXISTS by_ts ts TYPE minmax GRANULARITY 8;
ALTER TABLE sessions ADD INDEX IF NOT EXISTS by_first_ts first_ts TYPE minmax GRANULARITY 1;
-- A value that few sessions have: where it is not, nothing is read. What many have is found in the first window.
ALTER TABLE sessions ADD INDEX IF NOT EXISTS by_run run TYPE bloom_filter(0.001) GRANULARITY 1;
ALTER TABLE sessions ADD INDEX IF NOT EXISTS by_principal principal TYPE bloom_filter(0.001) GRANULARITY 1;
ALTER TABLE sessions ADD INDEX IF NOT EXISTS by_root_principal root_principal TYPE bloom_filter(0.001) GRANULARITY 1;
ALTER TABLE sessions ADD INDEX IF NOT EXISTS by_target_name target_name TYPE bloom_filter(0.001) GRANULARITY 1;
ALTER TABLE sessions ADD INDEX IF NOT EXISTS by_target_account target_account TYPE bloom_filter(0.001) GRANULARITY 1;
ALTER TABLE sessions ADD INDEX IF NOT EXISTS by_origin_address origin_address TYPE bloom_filter(0.001) GRANULARITY 1;
ALTER TABLE sessions ADD INDEX IF NOT EXISTS by_end_reason end_reason TYPE set(16) GRANULARITY 1;
