import { spawn } from '@lydell/node-pty'

export type TerminalSize = { cols: number; rows: number }
export type TestTerminal = {
  write(keys: string): void
  resize(cols: number, rows: number): void
  /** Everything shown so far. */
  shown(): string
  /** Exit status, once the program has ended. */
  ended: Promise<number>
}

/** Runs a program in a real terminal. */
export function openTerminal(file: string, args: string[], env: Record<string, string>, size: TerminalSize): TestTerminal {
  const pty = spawn(file, args, { name: 'xterm-256color', env, ...size })
  let shown = ''
  pty.onData((text) => {
    shown += text
  })
  return {
    write: (keys) => pty.write(keys),
    resize: (cols, rows) => pty.resize(cols, rows),
    shown: () => shown,
    ended: new Promise((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode))),
  }
}
