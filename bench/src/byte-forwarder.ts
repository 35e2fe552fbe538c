import { connect, createServer } from 'node:net'

// The baseline of the PostgreSQL figures: a process that only copies bytes. `byte-forwarder LISTEN_PORT TARGET_PORT`
const [listenPort, targetPort] = process.argv.slice(2).map(Number)
createServer({ noDelay: true }, (caller) => {
  const target = connect({ host: '127.0.0.1', port: targetPort ?? 0, noDelay: true })
  caller.on('data', (bytes) => target.write(bytes) || caller.pause())
  target.on('data', (bytes) => caller.write(bytes) || target.pause())
  caller.on('drain', () => target.resume())
  target.on('drain', () => caller.resume())
  for (const [one, other] of [
    [caller, target],
    [target, caller],
  ] as const) {
    one.on('close', () => other.destroy())
    one.on('error', () => other.destroy())
  }
}).listen(listenPort, '127.0.0.1', () => console.log('listening'))
