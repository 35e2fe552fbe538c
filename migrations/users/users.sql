-- Roles with least rights, one a process. Run it as an administrator, before anything is migrated, in place of the names
-- hoptrace with your own; then make each process its user, each with a password of its own:
--   CREATE USER hoptrace_migrator IDENTIFIED BY '…' DEFAULT ROLE hoptrace_migrator;
--   CREATE USER hoptrace_ingest IDENTIFIED BY '…' DEFAULT ROLE hoptrace_ingest;
--   CREATE USER hoptrace_correlator IDENTIFIED BY '…' DEFAULT ROLE hoptrace_correlator;
--   CREATE USER hoptrace_api IDENTIFIED BY '…' DEFAULT ROLE hoptrace_api;
--   CREATE USER hoptrace_retention IDENTIFIED BY '…' DEFAULT ROLE hoptrace_retention;
-- The gateway has none: it never speaks to the store.

CREATE ROLE IF NOT EXISTS hoptrace_migrator;
GRANT SELECT, INSERT, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, ALTER TABLE, ALTER VIEW, OPTIMIZE ON hoptrace.* TO hoptrace_migrator;
GRANT SET DEFINER ON * TO hoptrace_migrator;
GRANT TABLE ENGINE ON * TO hoptrace_migrator;
CREATE ROLE IF NOT EXISTS hoptrace_ingest;
GRANT SELECT ON hoptrace.schema_migrations TO hoptrace_ingest;
GRANT INSERT ON hoptrace.session_events TO hoptrace_ingest;
GRANT INSERT ON hoptrace.observables TO hoptrace_ingest;
GRANT INSERT ON hoptrace.dead_letters TO hoptrace_ingest;
CREATE ROLE IF NOT EXISTS hoptrace_correlator;
GRANT SELECT ON hoptrace.* TO hoptrace_correlator;
GRANT INSERT ON hoptrace.hops TO hoptrace_correlator;
GRANT INSERT ON hoptrace.hop_chains TO hoptrace_correlator;
GRANT INSERT ON hoptrace.hop_chain_accesses TO hoptrace_correlator;
GRANT INSERT ON hoptrace.analysed TO hoptrace_correlator;
GRANT INSERT ON hoptrace.correlator_cursors TO hoptrace_correlator;
GRANT INSERT ON hoptrace.alerts TO hoptrace_correlator;
GRANT INSERT ON hoptrace.alert_deliveries TO hoptrace_correlator;
GRANT INSERT ON hoptrace.event_facts TO hoptrace_correlator;
CREATE ROLE IF NOT EXISTS hoptrace_api;
GRANT SELECT ON hoptrace.* TO hoptrace_api;
GRANT INSERT ON hoptrace.service_tokens TO hoptrace_api;
GRANT INSERT ON hoptrace.holds TO hoptrace_api;
GRANT INSERT ON hoptrace.dead_letter_replays TO hoptrace_api;
GRANT INSERT ON hoptrace.alert_actions TO hoptrace_api;
GRANT INSERT ON hoptrace.suppressions TO hoptrace_api;
GRANT INSERT ON hoptrace.rule_versions TO hoptrace_api;
CREATE ROLE IF NOT EXISTS hoptrace_retention;
GRANT SELECT ON hoptrace.* TO hoptrace_retention;
GRANT INSERT ON hoptrace.expired_sessions TO hoptrace_retention;
GRANT ALTER DELETE ON hoptrace.* TO hoptrace_retention;
CREATE SETTINGS PROFILE IF NOT EXISTS hoptrace_api_limits SETTINGS max_memory_usage = 4294967296 MAX 4294967296, max_execution_time = 60 MAX 60, max_result_rows = 2000000 MAX 2000000, max_concurrent_queries_for_user = 64 MAX 64, allow_ddl = 0 READONLY TO hoptrace_api;
