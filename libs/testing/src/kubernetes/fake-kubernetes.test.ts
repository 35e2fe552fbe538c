import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../free-port.ts'
import { type FakeKubernetes, startFakeKubernetes } from './fake-kubernetes.ts'
import { kubectlMissing, kubectlsFound } from './kubectls.ts'
import { runKubectl, startKubectl, writeKubeconfig } from './run-kubectl.ts'

/** The first that asks for WebSockets where it execs, and where it forwards ports. */
const FIRST_TO_EXEC = 30
const FIRST_TO_FORWARD = 31

it('has a kubectl to be driven by, in CI', () => {
  if (process.env.CI) expect(kubectlMissing()).toBeNull()
})

describe.each(kubectlsFound())('the fake API server, driven by kubectl $version', ({ path, minor }) => {
  let fake: FakeKubernetes
  let kubeconfig: string
  const web = createServer((_, response) => response.end('from the pod\n'))
  beforeAll(async () => {
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    fake = await startFakeKubernetes({ forwards: { 80: (web.address() as AddressInfo).port } })
    const spec = { containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }] }] }
    fake.create({ kind: 'Namespace', metadata: { name: 'shop' } }, { kind: 'Pod', metadata: { name: 'web-1', namespace: 'shop' }, spec })
    kubeconfig = writeKubeconfig({ server: fake.url, ca: fake.ca, token: fake.token, namespace: 'shop' })
  })
  afterAll(async () => {
    web.close()
    await fake.stop()
  })
  const kubectl = (args: string[], input = '') => runKubectl(path, kubeconfig, args, input)

  it('lists, creates, applies and deletes', async () => {
    expect((await kubectl(['get', 'pods'])).stdout).toContain('web-1   1/1     Running')
    expect((await kubectl(['create', 'secret', 'generic', 'db', '--from-literal=password=s3cret'])).stdout).toBe('secret/db created\n')
    expect((await kubectl(['get', 'secret', 'db', '-o', 'jsonpath={.data.password}'])).stdout).toBe('czNjcmV0')
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: '1' } }
    expect((await kubectl(['apply', '-f', '-'], JSON.stringify(map))).stdout).toBe('configmap/settings created\n')
    expect((await kubectl(['delete', 'configmap', 'settings'])).stdout).toContain('deleted')
  })

  it.skipIf(minor < FIRST_TO_EXEC)('runs a program', async () => {
    const ran = await kubectl(['exec', '-i', 'web-1', '--', 'sh', '-c', 'cat; echo oops >&2; exit 3'], 'typed\n')
    expect(ran).toEqual({ stdout: 'typed\n', stderr: 'oops\ncommand terminated with exit code 3\n', status: 3 })
  })

  it.skipIf(minor < FIRST_TO_FORWARD)('forwards a port', async () => {
    const port = await freePort('127.0.0.1')
    const forward = startKubectl(path, kubeconfig, ['port-forward', '--address', '127.0.0.1', 'pod/web-1', `${port}:80`])
    await expect.poll(() => forward.stdout()).toContain('Forwarding from')
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('from the pod\n')
    forward.kill()
    await forward.ended
  })
})
