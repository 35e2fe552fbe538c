import type { PostgresTarget } from '../access/target.ts'
import { readMessage } from './socket-reader.ts'
import { connectTarget } from './target-connection.ts'
import { TargetConnectionError } from './target-connection-error.ts'
import { message, terminate } from './wire.ts'

const MESSAGE_LIMIT = 64 * 1024

export type TargetCheck = { ok: true } | { ok: false; problem: string }

/**
 * Tries a target as a session would: connects, authenticates, and asks for `SELECT 1`.
 * The problem says what is wrong, and nothing of the credential.
 */
export async function checkPostgresTarget(target: PostgresTarget, secret: string, timeoutMs = 5000): Promise<TargetCheck> {
  const parameters = new Map([['application_name', 'hoptrace targets check']])
  try {
    const { socket } = await connectTarget({ target, secret, database: target.database, parameters, timeoutMs })
    socket.setTimeout(timeoutMs, () => socket.destroy(new TargetConnectionError('timeout')))
    socket.write(message('Q', 'SELECT 1'))
    let type = ''
    while (type !== 'Z' && type !== 'E') type = (await readMessage(socket, MESSAGE_LIMIT)).type
    socket.end(terminate)
    socket.destroySoon()
    return type === 'Z' ? { ok: true } : { ok: false, problem: 'the target refused SELECT 1' }
  } catch (error) {
    return { ok: false, problem: TargetConnectionError.from(error).message }
  }
}
