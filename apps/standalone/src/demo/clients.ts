import pg, { type QueryResult } from 'pg'
import ssh2, { type ClientChannel } from 'ssh2'
import { type Typist, typistOn } from './typist.ts'

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
    return await work(typistOn({ onOutput: (listener) => channel.on('data', listener), type: (keys) => void channel.write(keys) }))
  } finally {
    client.end()
  }
}
