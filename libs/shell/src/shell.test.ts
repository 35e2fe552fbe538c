import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { presentedSecrets, splitCommands } from './index.ts'

const wordsOf = (text: string) => splitCommands(text).map((command) => command.words.map((word) => word.text))
const secretsIn = (line: string) => presentedSecrets(line).map(({ secret }) => secret)

describe('splitCommands', () => {
  it.each<[string, string[][]]>([
    ['ls -l /tmp', [['ls', '-l', '/tmp']]],
    ['a && b || c; d | e & f', [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]],
    [`echo 'a b' "c d" e\\ f`, [['echo', 'a b', 'c d', 'e f']]],
    [`echo "a\\"b" 'c\\d' "e\\f"`, [['echo', 'a"b', 'c\\d', 'e\\f']]],
    ['cat < in > out 2>&1 file', [['cat', 'file']]],
    [
      'ssh $(cat host) id',
      [
        ['ssh', '$(cat host)', 'id'],
        ['cat', 'host'],
      ],
    ],
    ['echo `whoami`', [['echo', '`whoami`'], ['whoami']]],
    ['cat <<EOF\nssh hidden\nEOF\nid', [['cat'], ['id']]],
    ['cat <<-"E F"\n\tssh hidden\n\tE F\nid', [['cat'], ['id']]],
    ['(cd /tmp; ls)', [['cd', '/tmp'], ['ls']]],
    ['ls # not a command', [['ls']]],
    ['a\\\nb', [['ab']]],
    ["unclosed 'quote", [['unclosed', 'quote']]],
    ['', []],
  ])('reads %j', (text, commands) => {
    expect(wordsOf(text)).toEqual(commands)
  })

  it('says where each word begins', () => {
    const text = 'x && echo  "a b"'
    for (const { words } of splitCommands(text))
      for (const { text: word, offset } of words) expect(text.slice(offset)).toMatch(word.slice(0, 1))
    expect(splitCommands(text)[1]?.words.map((word) => word.offset)).toEqual([5, 11])
  })

  it('never throws and keeps every word inside the text, for 10,000 seeded lines', () => {
    const mark = fc.constantFrom(
      "'",
      '"',
      '\\',
      '`',
      '$(',
      ')',
      '<<',
      'EOF',
      '\n',
      ' ',
      '|',
      '&&',
      ';',
      '>',
      '2>',
      '#',
      'a',
      'é',
      '\0',
      '=',
      '-p',
    )
    const line = fc.array(fc.oneof(mark, fc.string({ maxLength: 4 })), { maxLength: 40 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(line, (text) => {
        for (const { words } of splitCommands(text)) for (const { offset } of words) expect(offset).toBeLessThanOrEqual(text.length)
        presentedSecrets(text)
      }),
      { numRuns: 10_000, seed: 2026 },
    )
  })

  it('gives the same commands however deep substitutions nest, up to its bound', () => {
    expect(splitCommands('$('.repeat(50_000)).length).toBeLessThanOrEqual(5)
    expect(splitCommands('a;'.repeat(100_000)).length).toBeLessThanOrEqual(32 * 1024)
  })
})

describe('presentedSecrets', () => {
  it.each<[string, string[]]>([
    ['sshpass -p s3cret ssh ana@bastion', ['s3cret']],
    ['sshpass -ps3cret ssh -p 22 ana@bastion', ['s3cret']],
    ['sshpass -e ssh -p 2222 bastion', []],
    ["PGPASSWORD='a b' psql -h db", ['a b']],
    ['export DB_PASSWORD=hunter22', ['hunter22']],
    ['mysql -u root -pS3cret! app', ['S3cret!']],
    ['tool --password=x1 --db-password y2 --token z3', ['x1', 'y2', 'z3']],
    ['curl -u ana:pa55 https://api', ['pa55']],
    ['curl --user=ana:pa55 https://api', ['pa55']],
    ["curl -H 'Authorization: Bearer tok-123' https://api", ['tok-123']],
    [
      `curl -H "Authorization: Basic ${Buffer.from('ana:pa55').toString('base64')}" x`,
      [Buffer.from('ana:pa55').toString('base64'), 'pa55'],
    ],
    ['curl -H "X-Api-Key: k-9" x', ['k-9']],
    ['psql postgres://ana:p%40ss@db/app', ['p@ss']],
    ['redis-cli -a r3dis ping', ['r3dis']],
    ['PGPASSWORD=$SECRET psql; curl -u ana:$(cat key) x', []],
    ['ssh bastion "PGPASSWORD=inner psql"', ['inner']],
    ['echo hello world', []],
  ])('finds what %j uses', (line, secrets) => {
    expect(secretsIn(line)).toEqual(secrets)
  })

  it('says where the secret stands', () => {
    const line = 'PGPASSWORD=hunter22 psql'
    expect(presentedSecrets(line)).toEqual([{ secret: 'hunter22', offset: line.indexOf('hunter22') }])
  })
})
