-- What the alert was when somebody acted on it: one that becomes more urgent after that is open again. Empty: not known.
ALTER TABLE alert_actions ADD COLUMN IF NOT EXISTS severity LowCardinality(String), ADD COLUMN IF NOT EXISTS response LowCardinality(String);
