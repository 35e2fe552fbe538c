-- The response that the alert had when it was told: one that comes to page is told again, though its severity stays. Empty: not known.
ALTER TABLE alert_deliveries ADD COLUMN IF NOT EXISTS response LowCardinality(String);
