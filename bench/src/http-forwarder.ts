import { Agent, createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type Dispatcher, Pool } from 'undici'

// The baselines of the HTTP figures: what a reverse proxy of Node.js costs that records nothing, over undici or over Node.js' own
// client, as http-proxy has it. `http-forwarder LISTEN_PORT TARGET_PORT undici|node`
const [listenPort, targetPort, client] = process.argv.slice(2)
const pool = new Pool(`http://127.0.0.1:${targetPort}`, { connections: 4096 })
const agent = new Agent({ keepAlive: true, maxSockets: 4096 })

function passedOn({ connection: _connection, 'keep-alive': _keepAlive, 'transfer-encoding': _coding, ...headers }: IncomingHttpHeaders) {
  return headers
}

function overUndici(req: IncomingMessage, res: ServerResponse): void {
  const hasBody = req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined
  const options = { path: req.url ?? '/', method: (req.method ?? 'GET') as Dispatcher.HttpMethod, headers: passedOn(req.headers) }
  pool
    .stream({ ...options, body: hasBody ? req : null }, ({ statusCode, headers }) => res.writeHead(statusCode, passedOn(headers)))
    .catch(() => res.destroy())
}

function overNode(req: IncomingMessage, res: ServerResponse): void {
  const options = { port: targetPort, host: '127.0.0.1', path: req.url, method: req.method, headers: passedOn(req.headers), agent }
  const asked = request(options, (answer) => answer.pipe(res.writeHead(answer.statusCode ?? 502, passedOn(answer.headers))))
  asked.on('error', () => res.destroy())
  req.pipe(asked)
}

const server = createServer(client === 'node' ? overNode : overUndici)
server.listen(Number(listenPort), '127.0.0.1', () => console.log('listening'))
