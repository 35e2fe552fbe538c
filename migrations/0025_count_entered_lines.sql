-- What a shell was asked counts as commands too: input that a carriage return ended, unless echo was off.
-- And an imported recording is a session: it is its own boot, as a gateway's stream is, but it has a target.
ALTER TABLE sessions_from_events MODIFY QUERY
SELECT
    tenant,
    session_id,
    max(session_events.session_id = session_events.boot_id AND session_events.target_protocol = '') AS is_boot,
    max(toString(session_events.gateway_id)) AS gateway_id,
    max(session_events.boot_id) AS boot_id,
    max(session_events.run) AS run,
    max(CAST(session_events.principal, 'Nullable(String)')) AS principal,
    max(CAST(session_events.root_principal, 'Nullable(String)')) AS root_principal,
    max(session_events.lineage) AS lineage,
    max(toString(session_events.origin_address)) AS origin_address,
    max(session_events.origin_port) AS origin_port,
    max(CAST(session_events.origin_client, 'Nullable(String)')) AS origin_client,
    max(toString(session_events.target_name)) AS target_name,
    max(toString(session_events.target_protocol)) AS target_protocol,
    max(toString(session_events.target_address)) AS target_address,
    max(toString(session_events.target_account)) AS target_account,
    max(if(type = 'session.started', JSONExtract(content, 'body', 'client', 'Nullable(String)'), NULL)) AS client,
    max(if(type = 'session.started', JSONExtract(content, 'body', 'database', 'Nullable(String)'), NULL)) AS database,
    max(if(type = 'session.started', JSONExtract(content, 'body', 'imported', 'file', 'Nullable(String)'), NULL)) AS imported_file,
    min(ts) AS first_ts,
    max(ts) AS last_ts,
    max(session_events.elapsed_us) AS elapsed_us,
    max(seq) AS last_seq,
    max(if(type = 'session.ended', toString(outcome), '')) AS end_reason,
    groupBitmapState(seq) AS seqs,
    uniqExactState(reinterpretAsUInt64(unhex(substring(hash, 1, 16)))) AS hashes,
    groupBitmapIfState(seq, toUInt8(type = 'recording.gap')) AS gaps,
    groupBitmapIfState(seq, toUInt8(
        type IN ('sql.statement', 'ssh.exec', 'kubernetes.request', 'http.request', 'tool.call')
        OR (type = 'terminal.input' AND JSONExtractBool(content, 'body', 'isEchoed')
            AND position(JSONExtractString(content, 'body', 'data', 'utf8'), '\r') > 0))) AS commands,
    groupBitmapIfState(seq, toUInt8(is_failure)) AS failures
FROM session_events
GROUP BY tenant, session_id;
