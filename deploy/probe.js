// Asks an ops server on loopback: `node deploy/probe.js PORT PATH`. Ends with 0 when the answer is 200.
const [port = '', path = ''] = process.argv.slice(2)

try {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(4_000) })
  process.exitCode = response.ok ? 0 : 1
} catch {
  process.exitCode = 1
}
