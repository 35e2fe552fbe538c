import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { CliError, ExitCode } from '../exit.ts'

/** A login that the device flow gave, at one platform. */
export const StoredLogin = z.object({
  issuer: z.url(),
  clientId: z.string(),
  scope: z.string(),
  accessToken: z.string(),
  idToken: z.string().nullable(),
  refreshToken: z.string().nullable(),
  /** Which of the tokens the platform takes. */
  taken: z.enum(['access', 'id']),
  /** Milliseconds since the epoch, of the token that is taken. */
  expiresAtMs: z.number(),
})
export type StoredLogin = z.infer<typeof StoredLogin>

const LoginFileContent = z.object({ version: z.literal(1), logins: z.record(z.string(), StoredLogin) })

/** Logins by the origin of their platform, in a file that its owner alone can read. */
export class LoginFile {
  readonly path: string

  /** @param configHome `$XDG_CONFIG_HOME`, or `~/.config` (XDG Base Directory Specification) */
  constructor(private readonly configHome: string) {
    this.path = join(configHome, 'hoptrace', 'logins.json')
  }

  /** @throws CliError when others can read the file, or it cannot be understood */
  find(origin: string): StoredLogin | null {
    return this.read()[origin] ?? null
  }

  keep(origin: string, login: StoredLogin): void {
    this.write({ ...this.read(), [origin]: login })
  }

  /** @returns what was there */
  forget(origin: string): StoredLogin | null {
    const { [origin]: forgotten, ...others } = this.read()
    if (forgotten !== undefined) this.write(others)
    return forgotten ?? null
  }

  private read(): Record<string, StoredLogin> {
    const text = this.textIfThere()
    if (text === null) return {}
    const read = LoginFileContent.safeParse(jsonIn(text))
    if (!read.success) throw new CliError(ExitCode.failure, `${this.path} cannot be understood. Remove it and log in again: hoptrace login`)
    return read.data.logins
  }

  private textIfThere(): string | null {
    try {
      if ((statSync(this.path).mode & 0o077) !== 0) {
        throw new CliError(ExitCode.failure, `${this.path} can be read by others, and holds tokens: chmod 600 ${this.path}`)
      }
      return readFileSync(this.path, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw error
    }
  }

  // Whole or not at all under its name, whenever the process ends.
  private write(logins: Record<string, StoredLogin>): void {
    mkdirSync(join(this.configHome, 'hoptrace'), { recursive: true, mode: 0o700 })
    const unfinished = `${this.path}.${process.pid}.tmp`
    try {
      const fd = openSync(unfinished, 'w', 0o600)
      writeSync(fd, `${JSON.stringify({ version: 1, logins }, null, 2)}\n`)
      fsyncSync(fd)
      closeSync(fd)
      renameSync(unfinished, this.path)
    } finally {
      rmSync(unfinished, { force: true })
    }
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
