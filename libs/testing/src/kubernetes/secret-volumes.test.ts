import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Json, StoredObject } from './objects.ts'
import { mountSecrets } from './secret-volumes.ts'

const directory = mkdtempSync(join(tmpdir(), 'hoptrace-mounts-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const metadata = { name: 'x', uid: '1', resourceVersion: '1', creationTimestamp: '' }
const secret = (data: Json): StoredObject => ({ apiVersion: 'v1', kind: 'Secret', metadata, data })
const podWith = (mountPath: string): StoredObject => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata },
  spec: {
    containers: [{ name: 'a', volumeMounts: [{ name: 'v', mountPath }] }],
    volumes: [{ name: 'v', secret: { secretName: 'billing' } }],
  },
})

describe('a Secret that a pod mounts', () => {
  it('is a file a key below the directory of the pod', () => {
    const data = { token: Buffer.from('abc').toString('base64') }
    mountSecrets(podWith('/run/secrets/billing'), directory, (name) => (name === 'billing' ? secret(data) : null))
    expect(readFileSync(join(directory, 'run/secrets/billing/token'), 'utf8')).toBe('abc')
  })

  it('never stands outside it', () => {
    mountSecrets(podWith('/../../up'), join(directory, 'pod'), () => secret({ '../key': 'YQ==', '..': 'YQ==', key: 'YQ==' }))
    expect(existsSync(join(directory, 'pod/up/key'))).toBe(true)
    expect(existsSync(join(directory, 'key'))).toBe(false)
  })
})
