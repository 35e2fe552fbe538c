import type { PrincipalDetail } from '@hoptrace/api'

type Grant = PrincipalDetail['sufficient'][number]['grant']

/** Grants as `POST /runs` takes them. */
export function grantsAsJson(grants: readonly Grant[]): string {
  return `${JSON.stringify({ grants }, null, 2)}\n`
}

/** The same as YAML 1.2. Every string is quoted as JSON quotes it, which YAML reads alike: `*`, `no` and `1.0` stay strings. */
export function grantsAsYaml(grants: readonly Grant[]): string {
  return `grants:\n${grants.map((grant) => item(grant)).join('')}`
}

function item(grant: Grant): string {
  const lines = linesOf(grant, '    ')
  return `  - ${lines.slice(4)}`
}

function linesOf(value: object, indent: string): string {
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${indent}${key}:${memberOf(member, indent)}`)
    .join('')
}

function memberOf(member: unknown, indent: string): string {
  if (Array.isArray(member)) return ` [${member.map((each) => JSON.stringify(each)).join(', ')}]\n`
  if (typeof member === 'object' && member !== null) return `\n${linesOf(member, `${indent}  `)}`
  return ` ${JSON.stringify(member)}\n`
}
