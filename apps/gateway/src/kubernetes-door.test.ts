import { randomBytes, X509Certificate } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterEach, expect, it } from 'vitest'
import { GatewayAccess } from './access/gateway-access.ts'
import { RunLog } from './access/run-log.ts'
import { RunRegistry } from './access/run-registry.ts'
import { TargetDirectory } from './access/target-directory.ts'
import { loadConfig } from './config.ts'
import { KubernetesDoor } from './kubernetes-door.ts'
import { aSpoolDir, openRecordings } from './recording/recordings.test-support.ts'
import { DAY_MS } from './tls/authority.ts'

const NOW_MS = Date.now()
const doors: KubernetesDoor[] = []
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close()
})

/** A door at a gateway of its own, whose clock tests move. */
async function aDoor(gateway: object = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'hoptrace-door-'))
  writeFileSync(join(dir, 'hoptrace.yaml'), JSON.stringify({ gateway, dataDir: '.' }))
  let nowUs = NOW_MS * 1000
  const clock = { wallUs: () => nowUs, monotonicUs: () => nowUs }
  const runs = new RunRegistry(new RunLog(join(dir, 'runs.log')), clock, randomBytes)
  const access = new GatewayAccess(runs, new TargetDirectory([]), openRecordings(aSpoolDir()))
  const config = loadConfig({ HOPTRACE_CONFIG: join(dir, 'hoptrace.yaml') })
  const resolveSecret = () => ''
  const door = new KubernetesDoor({ access, resolveSecret, nowUs: clock.monotonicUs, config, clock })
  doors.push(door)
  const port = await door.listen(0, '127.0.0.1')
  const pass = (days: number) => {
    nowUs += days * DAY_MS * 1000
  }
  return { door, port, pass }
}

/** The certificate that a caller is shown, and whether it trusts it. */
function shown(port: number, ca: string | null): Promise<{ certificate: X509Certificate; isTrusted: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ...(ca === null ? {} : { ca }), rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerX509Certificate()
      socket.end()
      if (certificate) resolve({ certificate, isTrusted: socket.authorized })
    })
    socket.on('error', reject)
  })
}

it('shows a certificate of the gateway’s own authority, for every name that the gateway has', async () => {
  const { door, port } = await aDoor({ tlsNames: ['gateway.internal'] })
  const { certificate, isTrusted } = await shown(port, door.authority)
  expect([isTrusted, certificate.checkHost('gateway.internal'), certificate.checkIP('127.0.0.1')]).toEqual([
    true,
    'gateway.internal',
    '127.0.0.1',
  ])
  expect((await shown(port, null)).isTrusted).toBe(false)
})

it('renews its certificate in time, while it is open', async () => {
  const { door, port, pass } = await aDoor()
  const first = await shown(port, door.authority)
  await door.renew()
  expect((await shown(port, door.authority)).certificate.fingerprint256).toBe(first.certificate.fingerprint256)
  pass(350)
  await door.renew()
  const second = await shown(port, door.authority)
  expect(second.certificate.fingerprint256).not.toBe(first.certificate.fingerprint256)
  expect(Date.parse(second.certificate.validTo)).toBeGreaterThan(NOW_MS + 700 * DAY_MS)
})

it('says whom callers trust once its authority had to be made anew, too', async () => {
  const { door, port, pass } = await aDoor()
  const first = door.authority
  pass(3600)
  await door.renew()
  expect(door.authority).not.toBe(first)
  const { certificate } = await shown(port, door.authority)
  expect(certificate.checkIssued(new X509Certificate(door.authority ?? ''))).toBe(true)
})
