import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type LogListener = (line: string) => void

/** What the pods of the fake cluster have besides their objects: a directory each, and a log. Their programs run on this very machine. */
export class PodRuntime {
  readonly root = mkdtempSync(join(tmpdir(), 'hoptrace-pods-'))
  private readonly lines = new Map<string, string[]>()
  private readonly listeners = new Map<string, Set<LogListener>>()

  /** The working directory of a pod's programs. */
  directory(namespace: string, pod: string): string {
    const directory = join(this.root, namespace, pod)
    mkdirSync(directory, { recursive: true })
    return directory
  }

  log(namespace: string, pod: string, line: string): void {
    const key = `${namespace}/${pod}`
    this.lines.set(key, [...this.linesOf(namespace, pod), line])
    for (const listener of this.listeners.get(key) ?? []) listener(line)
  }

  linesOf(namespace: string, pod: string): readonly string[] {
    return this.lines.get(`${namespace}/${pod}`) ?? []
  }

  /** @returns how to stop */
  follow(namespace: string, pod: string, listener: LogListener): () => void {
    const key = `${namespace}/${pod}`
    const listeners = this.listeners.get(key) ?? new Set()
    this.listeners.set(key, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}
