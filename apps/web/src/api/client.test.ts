import { describe, expect, it } from 'vitest'
import { apiPath } from './client.ts'

describe('a path of the api', () => {
  it('cannot be left by what was recorded', () => {
    expect(apiPath(['sessions', '../../evil?x=1#', 'events'])).toBe('/api/v1/sessions/..%2F..%2Fevil%3Fx%3D1%23/events')
  })
  it('repeats a parameter with several values and leaves out absent ones', () => {
    expect(apiPath(['sessions'], { protocol: ['ssh', 'postgres'], q: undefined, limit: 50 })).toBe(
      '/api/v1/sessions?protocol=ssh&protocol=postgres&limit=50',
    )
  })
})
