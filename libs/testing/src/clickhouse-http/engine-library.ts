import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'

/**
 * Runs the library's clickhouse-local with the given arguments until its query ends. The npm package brings no executable,
 * but the library that it loads has clickhouse-local's main function, and with it ClickHouse's own HTTP and TCP servers.
 */
export const RUN_LOCAL = `
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
arguments = [b'clickhouse-local'] + [each.encode() for each in sys.argv[2:]]
run = library.chdb_query_cmdline
run.restype = ctypes.c_void_p
result = run(len(arguments), (ctypes.c_char_p * len(arguments))(*arguments))
said = library.chdb_result_error
said.restype, said.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
error = said(result)
if error: sys.exit(error.decode(errors='replace'))
`

/** Where the engine's library lies; null when this platform has none. */
export function engineLibrary(): string | null {
  try {
    const { libchdbPath } = createRequire(import.meta.url)('chdb/libchdb') as { libchdbPath(): string }
    return libchdbPath()
  } catch {
    return null
  }
}

let isTold = false

/** Why ClickHouse over HTTP cannot be had here; null when it can. Says so once. */
export function clickHouseHttpMissing(): string | null {
  const reason = reasonItIsMissing()
  if (reason !== null && !isTold) console.warn(`Suites that need ClickHouse over HTTP are skipped: ${reason}`)
  isTold = true
  return reason
}

function reasonItIsMissing(): string | null {
  if (engineLibrary() === null) return 'the embedded engine has no library for this platform'
  if (spawnSync('python3', ['-c', 'import ctypes']).status !== 0) return 'python3, which starts the engine, is missing'
  return null
}
