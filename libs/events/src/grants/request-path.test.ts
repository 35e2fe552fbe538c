import { posix, win32 } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathSegments } from './request-path.ts'

describe('the segments of a request’s path', () => {
  it.each([
    ['/', ['']],
    ['/v1/invoices/7', ['v1', 'invoices', '7']],
    ['/v1/invoices/', ['v1', 'invoices', '']],
    ['/v1?path=/../admin', ['v1']],
    ['/%7Eme/%61b', ['~me', 'ab']],
    ['/caf%c3%a9/a%20b', ['caf%C3%A9', 'a%20b']],
    ["/a,b/c:d@e/!$&'()*+=", ['a,b', 'c:d@e', "!$&'()*+="]],
    ['/.well-known/...', ['.well-known', '...']],
    ['/%E6%97%A5%E6%9C%AC', ['%E6%97%A5%E6%9C%AC']],
  ])('of %s are in normal form', (path, segments) => {
    expect(pathSegments(path)).toEqual(segments)
  })

  it.each([
    ['no path from the root', ['', 'v1', '*', 'http://elsewhere/v1', '?x']],
    ['an empty segment', ['//', '//elsewhere/v1', '/v1//admin']],
    ['a dot segment', ['/v1/../admin', '/v1/./x', '/..', '/v1/%2e%2e/admin', '/v1/.%2E/admin', '/%2e/']],
    ['a dot segment behind parameters', ['/v1/..;/admin', '/v1/..;a=b/admin', '/v1/..%3b/admin', '/v1/x;jsessionid=1']],
    ['an escaped separator', ['/v1/..%2fadmin', '/a%2Fb', '/a%5cb', '/a\\b', '/a%3fb', '/a%23b', '/a#b']],
    ['an escape twice over', ['/v1/%252e%252e/admin', '/a%252fb', '/a%25%32%66b']],
    ['what is no UTF-8', ['/%c0%af', '/%c0%ae%c0%ae/x', '/%ff', '/%e0%80%af', '/%']],
    ['a control character', ['/a%00b', '/a%0d%0ab', '/a\tb', '/a\u0000', '/a b', '/a%7f']],
    ['a form that servers fold', ['/v1/%ef%bc%8e%ef%bc%8e/admin', '/a%ef%bc%8fb', '/a%ef%bc%9bb', '/a%ef%b9%a8b', '/%e2%80%a5/x']],
    ['what is not ASCII', ['/café', '/\uff0e\uff0e/x']],
  ])('cannot be told of %s', (_, paths) => {
    for (const path of paths) expect([path, pathSegments(path)]).toEqual([path, null])
  })
})

describe('a path whose segments can be told', () => {
  const pieces = [
    'a',
    'B',
    '~',
    '/',
    '//',
    '.',
    '..',
    '%2e',
    '%2E',
    '%2f',
    '%5c',
    '\\',
    ';',
    '%3b',
    '%00',
    '%',
    '%25',
    '2e',
    '%61',
    '%c3%a9',
    '%c0%ae',
  ]
  const path = fc
    .array(fc.constantFrom(...pieces, '*', ' ', '\t', '@', ':', '%ef%bc%8e', '%20'), { maxLength: 8 })
    .map((parts) => `/${parts.join('')}`)

  it('is read so by a server that resolves it, that decodes it first, and that decodes it twice', () => {
    let count = 0
    const property = fc.property(path, (text) => {
      const segments = pathSegments(text)
      if (segments === null) return
      count++
      const meant = segments.map((segment) => decodeURIComponent(segment))
      const resolved = new URL(`http://target${text}`).pathname
      expect(
        resolved
          .slice(1)
          .split('/')
          .map((segment) => decodeURIComponent(segment)),
      ).toEqual(meant)
      const decoded = decodeURIComponent(text)
      expect(posix.normalize(decoded).slice(1).split('/')).toEqual(meant)
      expect(win32.normalize(decoded)).toBe(decoded.replaceAll('/', '\\'))
      expect(twice(decoded).split('/')).toHaveLength(segments.length + 1)
    })
    fc.assert(property, { numRuns: 20_000 })
    expect(count).toBeGreaterThan(500)
  })
})

/** As a server that decodes what was decoded: where that fails, it stays. */
function twice(decoded: string): string {
  try {
    return decodeURIComponent(decoded)
  } catch {
    return decoded
  }
}
