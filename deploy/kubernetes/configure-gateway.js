// Writes a gateway's hoptrace.yaml from the one that all gateways share: `node configure-gateway.js POD TEMPLATE FILE`.
// The pod's name becomes the gateway's; the first pod of the set writes the runs, the others read them.
import { readFileSync, writeFileSync } from 'node:fs'

const [pod = '', template = '', file = ''] = process.argv.slice(2)
const [, set, ordinal] = /^([a-z0-9-]+)-(\d+)$/.exec(pod) ?? []
if (set === undefined) throw new Error('The first argument must be the name of a pod of a StatefulSet')

const writerUrl = `http://${set}-0.${set}s:6470`
const runs = ordinal === '0' ? '{ role: writer }' : `{ role: reader, writerUrl: "${writerUrl}" }`
writeFileSync(file, readFileSync(template, 'utf8').replaceAll('@POD@', pod).replaceAll('@RUNS@', runs), { mode: 0o400 })
