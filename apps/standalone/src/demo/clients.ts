import pg, { type QueryResult } from 'pg'
import ssh2, { type ClientChannel } from 'ssh2'

export type Endpoint = { host: string; port: number }
export type Login = { user: string; password: string; target: string }

/** One PostgreSQL session through the gateway, with the driver that agents use. */
export async function withPostgres<T>(at: Endpoint, login: Login, work: (query: Query) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    ...at,
    user: login.user,
    password: login.password,
    database: login.target,
    application_name: 'agent-tools',
  })
  await client.connect()
  try {
    return await work((text, values) => client.query<Row>(text, values))
  } finally {
    await client.end()
  }
}
export type Row = Record<string, string>
export type Query = (text: string, values?: unknown[]) => Promise<QueryResult<Row>>

/** One interactive shell through the gateway: commands are typed, what the screen shows is read. */
export async function withShell<T>(at: Endpoint, login: Login, work: (type: Typist) => Promise<T>): Promise<T> {
  const client = new ssh2.Client()
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve)
    client.once('error', reject)
    client.connect({ ...at, username: `${login.user}:${login.target}`, password: login.password })
  })
  try {
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      client.shell({ term: 'xterm-256color', cols: 96, rows: 26 }, (error, shell) => (error ? reject(error) : resolve(shell)))
    })
    return await work(typistOn(channel))
  } finally {
    client.end()
  }
}
export type Typist = (command: string) => Promise<string>

const PROMPT = /\$ (?:\u001b\[\?2004h)?$/
const BETWEEN_KEYS_MS = 22

/** Types a command key by key, as a person would see it done, and answers what the screen showed up to the next prompt. */
function typistOn(channel: ClientChannel): Typist {
  let screen = ''
  let wake = () => {}
  channel.on('data', (bytes: Buffer) => {
    screen += bytes.toString('utf8')
    wake()
  })
  const prompt = () =>
    new Promise<void>((resolve) => {
      wake = () => PROMPT.test(stripColour(screen)) && resolve()
      wake()
    })
  return async (command) => {
    await prompt()
    screen = ''
    for (const key of command) {
      channel.write(key)
      await pause(BETWEEN_KEYS_MS)
    }
    channel.write('\r')
    await prompt()
    return stripColour(screen)
  }
}

function stripColour(text: string): string {
  return text.replace(/\u001b\[[0-9;]*m/g, '').replace(/\u001b\[\?2004[hl]/g, '')
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
