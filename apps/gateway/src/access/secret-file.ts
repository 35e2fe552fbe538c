import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'

/**
 * Reads a secret of the gateway's own, made at first start and readable by its owner alone.
 * @param make called once, when there is no such file
 */
export function readOrMakeSecret(path: string, make: () => string): string {
  if (!existsSync(path)) {
    const fd = openSync(path, 'wx', 0o600)
    writeSync(fd, `${make()}\n`)
    fsyncSync(fd)
    closeSync(fd)
  }
  chmodSync(path, 0o600)
  return readFileSync(path, 'utf8').trimEnd()
}
