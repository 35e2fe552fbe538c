/** A user with the grants it has: `GRANT SELECT ON hoptrace.*`, without `TO`. No grants: may do everything. */
export type ClickHouseUser = {
  name: string
  password: string
  grants?: readonly string[]
  /** Settings of the user's profile: their value, or their value and what readers may not change about it. */
  settings?: Readonly<Record<string, string | number>>
  constraints?: Readonly<Record<string, 'readonly' | { max: number }>>
}

export type ClickHouseServerOptions = {
  /** Directory of the data; by default one of its own, removed at stop. */
  path?: string
  users?: readonly ClickHouseUser[]
  /** Where the engine's HTTP server listens, past the front; by default a free port. */
  httpPort?: number
  /** Where shards reach it; by default a free port. */
  tcpPort?: number
  /** Clusters by name: the TCP ports of their shards on loopback. */
  clusters?: Readonly<Record<string, readonly number[]>>
  macros?: Readonly<Record<string, string>>
  /** A keeper in memory, of this process alone: Replicated tables can be made, but nothing be inserted into them. */
  hasKeeper?: boolean
}

export type ServerPlace = { path: string; httpPort: number; tcpPort: number }

/** The server's configuration file, and its users' file beside it. */
export function serverConfig(place: ServerPlace, usersFile: string, options: ClickHouseServerOptions): string {
  const shard = (port: number) => element('shard', element('replica', element('host', '127.0.0.1') + element('port', `${port}`)))
  const clusters = Object.entries(options.clusters ?? {}).map(([name, ports]) => element(name, ports.map(shard).join('')))
  const macros = Object.entries(options.macros ?? {}).map(([name, value]) => element(name, text(value)))
  const keeper = element('implementation', 'testkeeper') + element('node', element('host', '127.0.0.1') + element('port', '2181'))
  return element(
    'clickhouse',
    [
      element('path', text(`${place.path}/`)),
      element('listen_host', '127.0.0.1'),
      element('http_port', `${place.httpPort}`),
      element('tcp_port', `${place.tcpPort}`),
      element('max_server_memory_usage', `${2 * 1024 ** 3}`),
      element('remote_servers', clusters.join('')),
      element('macros', macros.join('')),
      options.hasKeeper ? element('zookeeper', keeper) : '',
      element('users_config', text(usersFile)),
      element('user_directories', element('users_xml', element('path', text(usersFile)))),
    ].join(''),
  )
}

/** Every user has a profile of its own. `default` is whom shards answer to. */
export function usersConfig(users: readonly ClickHouseUser[]): string {
  const all = [{ name: 'default', password: '' }, ...users]
  return element(
    'clickhouse',
    element('profiles', element('default', '') + users.map(profileOf).join('')) +
      element('quotas', element('default', '')) +
      element('users', all.map(userOf).join('')),
  )
}

function profileOf({ name, settings = {}, constraints = {} }: ClickHouseUser): string {
  const values = Object.entries(settings).map(([setting, value]) => element(setting, text(`${value}`)))
  const limits = Object.entries(constraints).map(([setting, limit]) =>
    element(setting, limit === 'readonly' ? '<readonly/>' : element('max', `${limit.max}`)),
  )
  return element(name, values.join('') + element('constraints', limits.join('')))
}

function userOf({ name, password, grants, settings }: ClickHouseUser): string {
  const rights = grants
    ? element('grants', grants.map((grant) => element('query', text(grant))).join(''))
    : element('access_management', '1')
  return element(
    name,
    element('password', text(password)) +
      element('networks', element('ip', '127.0.0.1')) +
      element('profile', settings ? name : 'default') +
      element('quota', 'default') +
      rights,
  )
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
