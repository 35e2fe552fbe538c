import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { isJson, type Json, memberOf, type StoredObject, textOf } from './objects.ts'

/**
 * Lays the Secrets that a container mounts into the pod's directory, a file a key, as a kubelet does. The directory stands for the
 * root: `/run/secrets/db` is found at `run/secrets/db` from where programs begin.
 */
export function mountSecrets(pod: StoredObject, directory: string, secretNamed: (name: string) => StoredObject | null): void {
  const volumes = listOf(memberOf(pod, 'spec').volumes)
  const mounts = listOf(memberOf(pod, 'spec').containers).flatMap((container) => listOf(container.volumeMounts))
  for (const mount of mounts) {
    const volume = volumes.find(({ name }) => name === mount.name)
    const secret = volume && secretNamed(textOf(memberOf(volume, 'secret').secretName))
    if (secret) writeFiles(join(directory, resolve(sep, textOf(mount.mountPath))), memberOf(secret, 'data'))
  }
}

function writeFiles(path: string, data: Json): void {
  mkdirSync(path, { recursive: true })
  for (const [key, value] of Object.entries(data)) {
    // Keys have no slashes; one that does is no file of this folder.
    if (/^[\w.-]+$/.test(key) && !/^\.+$/.test(key)) writeFileSync(join(path, key), Buffer.from(textOf(value), 'base64'))
  }
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : []
}
