import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contractDocuments } from '@hoptrace/events'

// `npm run contract`: writes the published contract of the bus. A test fails while what is committed is another.
const CONTRACT = fileURLToPath(new URL('../../../../libs/events/contract', import.meta.url))

for (const [path, document] of Object.entries(contractDocuments())) {
  const file = join(CONTRACT, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`)
}
