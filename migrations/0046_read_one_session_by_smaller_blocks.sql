-- Whoever opens one session reads whole blocks of it: those of 1 MiB cost more time than the disk they saved was worth.
ALTER TABLE session_events MODIFY COLUMN content String CODEC(ZSTD(6)) SETTINGS (min_compress_block_size = 262144, max_compress_block_size = 262144);
