-- capture: the event carries the digest, and its hash proves it. ingest: its producer digested nothing, so that it was done when the event was taken in.
ALTER TABLE observables ADD COLUMN IF NOT EXISTS digested_at LowCardinality(String) DEFAULT 'capture';
