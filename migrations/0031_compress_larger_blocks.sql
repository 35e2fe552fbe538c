-- Events of a session are much alike, and so are sessions: what stands in one block of 1 MiB is compressed by what stands before it there.
-- A part that an insert makes stays in one file, which is quick to sync, and so does a small one, which is quick to search.
ALTER TABLE session_events MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE session_events MODIFY SETTING min_bytes_for_wide_part = 4194304;
ALTER TABLE session_events MODIFY COLUMN content String CODEC(ZSTD(6)) SETTINGS (min_compress_block_size = 1048576, max_compress_block_size = 1048576);
ALTER TABLE session_events MODIFY COLUMN text String CODEC(ZSTD(6));
ALTER TABLE session_events MODIFY COLUMN ts DateTime64(6, 'UTC') CODEC(ZSTD(6));
ALTER TABLE session_events MODIFY COLUMN elapsed_us UInt64 CODEC(ZSTD(6));
-- Many values stand in one event, which is so named in many rows.
ALTER TABLE observables MODIFY COLUMN digest FixedString(32) CODEC(ZSTD(9));
ALTER TABLE observables MODIFY COLUMN session_id UUID CODEC(ZSTD(9));
ALTER TABLE observables MODIFY COLUMN seq UInt32 CODEC(ZSTD(9));
ALTER TABLE observables MODIFY COLUMN at String CODEC(ZSTD(9));
ALTER TABLE observables MODIFY COLUMN hash FixedString(64) CODEC(ZSTD(9));
ALTER TABLE observables MODIFY COLUMN ts DateTime64(6, 'UTC') CODEC(ZSTD(9));
ALTER TABLE observables MODIFY COLUMN elapsed_us UInt64 CODEC(ZSTD(9));
ALTER TABLE observables MODIFY COLUMN offset Nullable(UInt64) CODEC(ZSTD(9));
ALTER TABLE observables MODIFY COLUMN value Nullable(String) CODEC(ZSTD(9));
ALTER TABLE observable_uses MODIFY COLUMN hash FixedString(64) CODEC(ZSTD(9));
ALTER TABLE observable_uses MODIFY COLUMN digest FixedString(32) CODEC(ZSTD(9));
