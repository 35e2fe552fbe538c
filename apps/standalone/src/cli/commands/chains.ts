import { type ChainDetail, ChainDetail as ChainDetailSchema, ChainsPage } from '@hoptrace/api'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { oneLine, shortTime } from '../table.ts'

export function addChains(program: Command): void {
  const chains = program.command('chains').description('hop chains: what was reached from what')
  chains
    .command('list')
    .description('chains of a range, newest first')
    .option('--from <time>', 'start of the range (RFC 3339); default 24 h before its end')
    .option('--to <time>', 'end of the range; default now')
    .option('--limit <rows>', 'at most this many', '50')
    .addHelpText('after', examples('chains list', 'chains list --json'))
    .action(async (query: Record<string, string>, command: Command) => {
      const { output, connection } = contextOf(command)
      const page = await connection.api.get('/chains', ChainsPage, query)
      if (output.isJson) return output.json(page)
      output.table(
        page.items,
        [
          { title: 'chain', of: (chain) => chain.id },
          { title: 'start', of: (chain) => shortTime(chain.startedAt) },
          { title: 'on behalf of', of: (chain) => chain.rootPrincipal ?? 'unknown' },
          { title: 'targets', of: (chain) => chain.targets.join(' → ') },
          { title: 'hops', of: (chain) => chain.hops, align: 'right' },
          { title: 'refused', of: (chain) => chain.refused, align: 'right' },
          { title: 'weakest', of: (chain) => chain.weakestScore.toFixed(1), align: 'right' },
          { title: 'strongest hop', of: (chain) => chain.title },
        ],
        page.hasAny ? 'No chain in this range.' : 'No chain has been linked yet.',
      )
    })
  chains
    .command('show')
    .description('a chain, hop by hop, with its evidence')
    .argument('<chain>', 'its id')
    .addHelpText('after', examples('chains show 3f5c…'))
    .action(async (id: string, _: object, command: Command) => {
      const { output, connection } = contextOf(command)
      const chain = await connection.api.get(`/chains/${encodeURIComponent(id)}`, ChainDetailSchema)
      if (output.isJson) return output.json(chain)
      for (const line of chainLines(chain)) output.line(line)
    })
}

function chainLines(chain: ChainDetail): string[] {
  const head = [`chain ${chain.id}: ${oneLine(chain.title)}`, '']
  return [...head, ...chain.nodes.flatMap((node) => nodeLines(node, chain))]
}

function nodeLines(node: ChainDetail['nodes'][number], chain: ChainDetail): string[] {
  const pad = '  '.repeat(node.depth)
  const how = node.isRefused ? `REFUSED ${node.denyReason ?? ''}` : (node.outcome ?? '')
  const where = `${node.account === null ? '' : `${node.account}@`}${node.target} (${node.protocol ?? 'unknown protocol'})`
  const line = `${pad}${shortTime(node.startedAt)}  ${oneLine(`${where}  ${node.principal ?? 'unknown'}  ${how}`)}  ${node.at.sessionId}#${node.at.seq}`
  const hop = chain.edges.find((edge) => edge.to === node.id)
  const evidence = hop?.evidence.map((item) => {
    const ends = [item.from, item.to].map((end) => (end ? `${end.sessionId}#${end.seq}` : 'unknown')).join(' → ')
    return `${pad}  by ${item.class} (${item.score.toFixed(1)}): ${oneLine(item.sentence)}  ${ends}`
  })
  const others = hop && hop.alternatives.length > 0 ? [`${pad}  or from ${hop.alternatives.length} other accesses`] : []
  return [line, ...(evidence ?? []), ...others]
}
