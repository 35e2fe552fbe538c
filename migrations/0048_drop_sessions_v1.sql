-- session_rollups holds all of it.
DROP VIEW IF EXISTS sessions_from_events;
DROP TABLE IF EXISTS sessions;
