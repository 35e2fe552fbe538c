import { canonicalJson } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { eventOf } from '../events/event-row.ts'
import { RecordedSession } from '../testing/recorded-session.ts'
import { maskUnread } from './mask-unread.ts'
import { maskedEvents } from './masked-events.ts'

const [encoded = Buffer.alloc(0)] = new RecordedSession().started().encoded

function recorded(more: object): { content: string; hash: string } {
  const { hash, ...content } = JSON.parse(String(encoded)) as { hash: string; body: object }
  return { hash, content: canonicalJson({ ...content, body: { ...content.body, ...more } }) }
}
const read = ({ content, hash }: { content: string; hash: string }) => ({ content, hash, event: eventOf({ seq: 0, content, hash }) })

// A later version's gateway may record members that this version does not know: they are part of what the hash is of.
describe('a member that is not known here', () => {
  it('is shown, without the secrets in it', () => {
    const { content, event } = read(recorded({ banner: ['welcome', { motd: 'password: hunter' }] }))
    const { shown, masked } = maskUnread(content, event)
    expect(masked).toBe(1)
    expect(shown).toBe(content.replace('hunter', '••••••'))
  })

  it('is left as it is where it holds none, and so are members that are known', () => {
    for (const more of [{ banner: 'welcome' }, {}]) {
      const { content, event } = read(recorded(more))
      expect(maskUnread(content, event)).toEqual({ shown: content, masked: 0 })
    }
  })

  it('is masked in exports', async () => {
    const source = async function* () {
      yield read(recorded({ banner: 'password: hunter' }))
    }
    for await (const { content, isMasked } of maskedEvents(source())) {
      expect([content.includes('hunter'), isMasked]).toEqual([false, true])
    }
  })
})
