import type { Span } from './secret-ranges.ts'

const NAME = '(?:pass(?:word|wd|phrase)|secret|token|credential|(?:api|private|access|secret|signing)[_-]?key)s?'
const SHORT_NAME = '(?<![a-z])(?:pass|pwd)'
/** Between a name and its value: `=`, `:`, `:=`, `=>`, as in shells, files, JSON (quoted, also twice), and addresses. */
const IS = '["\'`\\\\\\]]{0,4}[ \\t]{0,8}(?:=>|:=|==?|:|%3[DA])[ \\t]{0,8}'
// The ends of a quoted value are the same mark; inside, it is doubled or escaped.
const QUOTED = '(?:E|N|U&)?(?<mark>["\'`])(?<quoted>(?:\\\\.|\\k<mark>{2}|(?!\\k<mark>)[^\\\\\\r\\n]){1,1024})'
// It may go on in another piece: its end is not asked for.
const SQL_QUOTED = "(?:E|N|U&)?'(?<quoted>(?:''|\\\\.|[^'\\\\]){1,1024})"
const ESCAPED = '\\\\{1,3}["\'](?<escaped>[^"\'\\\\\\r\\n]{1,1024})'
const DOLLAR = '\\$\\w{0,16}\\$(?<dollar>[^$]{1,1024})'
// What was typed wrongly and taken back is of it: backspaces, and how terminals echo them.
const BARE = '(?<bare>(?:\\x08(?: \\x08|\\x1b\\[K)?|\\x7f|[^\\x00-\\x20\\x7f"\'`,;|<>(){}[\\]\\\\&]){1,1024})'
const VALUE = `(?:${QUOTED}|${ESCAPED}|${DOLLAR}|${BARE})`
const HERE = '[^\\r\\n|;]{0,256}?[ \\t]'

/** Where a name, a flag or a form of words says that what follows is a secret. Every repetition has a bound. */
const FORMS = [
  `(?:${NAME}|${SHORT_NAME})${IS}${VALUE}`,
  `--?(?:[a-z0-9]{1,20}[-_]){0,3}${NAME}[ \\t]{1,8}(?!-)${VALUE}`,
  `\\b(?:PASSWORD|IDENTIFIED\\s{1,8}BY)(?:\\s|/\\*[^*]{0,64}\\*/){1,8}(?:${SQL_QUOTED}|${DOLLAR})`,
  `\\bsshpass\\b${HERE}-p[ \\t]{0,8}${VALUE}`,
  `\\b(?:mysql|mysqldump|mariadb)\\b${HERE}-p${VALUE}`,
  `\\bcurl\\b${HERE}(?:-u|--user)[ \\t=]{0,8}["']?[^\\s:"']{1,128}:${BARE}`,
  `\\blogin[ \\t]{1,8}\\S{1,128}\\s{1,8}password[ \\t]{1,8}${VALUE}`,
  `\\bauthorization["'\\\\]{0,4}[ \\t]{0,8}[:=][ \\t]{0,8}["'\\\\]{0,4}(?:(?:basic|bearer|token|digest|negotiate|apikey)[ \\t]{1,8})?(?<bare>[^\\s"'\\\\,]{1,4096})`,
  `\\bbearer[ \\t]{1,8}(?<bare>[\\w.~+/=-]{16,4096})`,
  '[?&](?:sig|signature|x-amz-signature|key)=(?<bare>[^&\\s"\'<>]{1,2048})',
  // A JSON Web Token by its beginning, `{"` in base64url.
  '(?<![\\w-])(?<bare>eyJ[\\w-]{8,4096}\\.[\\w-]{2,8192}(?:\\.[\\w-]{0,4096}){0,3})',
].map((form) => new RegExp(form, 'dgi'))

/** What is bound elsewhere, or no value at all. */
const NO_VALUE = /^(?:\$\d+|:\w+|\?|%s|true|false|null|nil|none|undefined)$/i

export function* namedSecrets(text: string): Generator<Span> {
  for (const form of FORMS) {
    for (const { indices } of text.matchAll(form)) {
      const { quoted, escaped, dollar, bare } = indices?.groups ?? {}
      const span = quoted ?? escaped ?? dollar ?? bare
      if (span !== undefined && !(span === bare && isNoValue(text, span))) yield [span[0], span[1]]
    }
  }
}

// What is called is no value either: `password = crypt(…)`.
function isNoValue(text: string, [start, end]: Span): boolean {
  return text.charAt(end) === '(' || NO_VALUE.test(text.slice(start, end))
}
