/** The system calls between which a record goes from append to forward, sync, publish and cursor, or a batch to the store. */
const CALLS = {
  gateway: ['pwrite64', 'write', 'fdatasync', 'rename'],
  ingest: ['write', 'writev', 'epoll_wait', 'epoll_pwait'],
  correlator: ['write', 'writev', 'epoll_wait', 'epoll_pwait'],
} as const

export type Victim = keyof typeof CALLS

export type KillPoint = {
  afterMs: number
  /** An expression of strace's `-e inject=`; without one the process is killed at a moment. */
  inject: string | undefined
}

/** Every third point dies at a system call, the others at a moment. */
export function killPoints(victim: Victim, count: number, random: () => number): KillPoint[] {
  return Array.from({ length: count }, (_, i) => {
    const afterMs = Math.floor(20 + random() * 400)
    const calls = CALLS[victim]
    const call = calls[Math.floor(random() * calls.length)]
    const nth = Math.floor(5 + random() * 60)
    return { afterMs, inject: i % 3 === 2 ? `${call}:signal=SIGKILL:when=${nth}` : undefined }
  })
}
