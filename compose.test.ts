import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

const tool = [['docker-compose'], ['docker', 'compose']].find(
  ([command = '', ...args]) => spawnSync(command, [...args, 'version']).status === 0,
)
if (!tool && process.env.CI === 'true') throw new Error('This test needs docker-compose, which is not installed')

it.skipIf(!tool)(`docker-compose.yml is one that compose accepts${tool ? '' : ' (skipped: compose is not installed)'}`, () => {
  const [command = '', ...args] = tool ?? []
  const { status, stderr } = spawnSync(command, [...args, 'config', '-q'], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
})
