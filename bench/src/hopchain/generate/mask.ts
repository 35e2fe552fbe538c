import type { Mask } from './cells.ts'
import type { System } from './plan.ts'
import type { Random } from './random.ts'

/** How a value stands in an answer: the cells that hold it, and whether it is there verbatim or in base64. */
export type Masked = { cells: string[]; isTraced: boolean }

export function maskSecret(secret: string, mask: Mask, random: Random): Masked {
  switch (mask) {
    case 'none':
      return traced(secret)
    case 'json':
      return traced(JSON.stringify({ user: 'svc', password: secret }))
    case 'userinfo':
      return traced(`postgres://svc:${encodeURIComponent(secret)}@db-${random.text(3)}.corp.internal/main`)
    case 'base64':
      return traced(Buffer.from(`svc:${secret}`).toString('base64'))
    case 'partial':
      return hidden([`${secret.slice(0, Math.ceil(secret.length * 0.7))}...`])
    case 'split':
      return hidden(halves(secret))
    case 'hex':
      return hidden([Buffer.from(secret).toString('hex')])
  }
}

export function maskTarget({ host, address, port, protocol }: System, mask: Mask, random: Random): Masked {
  const name = random.chance(0.3) ? address : host
  switch (mask) {
    case 'none':
      return traced(name)
    case 'json':
      return traced(JSON.stringify({ service: { endpoint: `${name}:${port}`, pool: random.between(2, 9) } }))
    case 'userinfo':
      return traced(`${protocol === 'http' ? 'http' : protocol}://svc@${name}:${port}/`)
    case 'base64':
      return traced(Buffer.from(`server: https://${name}:${port}\nuser: svc\nnamespace: shop\nrefresh: 3600\n`).toString('base64'))
    case 'partial':
      return hidden([name === host ? (host.split('.')[0] ?? host) : address.split('.').slice(2).join('.')])
    case 'split':
      return hidden(halves(name))
    case 'hex':
      return hidden([Buffer.from(name).toString('hex')])
  }
}

function traced(cell: string): Masked {
  return { cells: [cell], isTraced: true }
}

function hidden(cells: string[]): Masked {
  return { cells, isTraced: false }
}

function halves(text: string): string[] {
  const middle = text.length >> 1
  return [text.slice(0, middle), text.slice(middle)]
}
