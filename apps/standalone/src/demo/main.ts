import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { startDemo } from './demo.ts'

const { values } = parseArgs({ options: { seed: { type: 'string' }, exit: { type: 'boolean', default: false } } })

async function main(): Promise<void> {
  const seed = values.seed ?? randomBytes(4).toString('hex')
  const demo = await startDemo(seed, (line) => console.log(line))
  let isStopping = false
  const stop = () => {
    if (isStopping) return
    isStopping = true
    demo.stop().then(() => process.exit(0), fail)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  console.log(demo.invitation)
  if (values.exit) stop()
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

main().catch(fail)
