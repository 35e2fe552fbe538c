import { type Document, isMap, isNode, isPair, LineCounter, parseAllDocuments } from 'yaml'
import type { z } from 'zod'
import { compileDetection } from '../detection/detection.ts'
import type { Rule } from '../rule.ts'
import { RuleError, type RuleProblem } from '../rule-error.ts'
import { CorrelationDocument, DetectionDocument } from './rule-document.ts'

const MAX_FILE = 1024 * 1024
const MAX_ALIASES = 100

export type RuleFile = { rules: Rule[]; problems: RuleProblem[] }

/**
 * Reads the rules of one YAML file, one a document. A rule with a fault is left out and its faults are named, each by line
 * and column; the others stand.
 * @param file its name, for problems
 */
export function readRuleFile(text: string, file: string): RuleFile {
  if (text.length > MAX_FILE)
    return { rules: [], problems: [{ file, line: 1, column: 1, message: `a file of rules has at most ${MAX_FILE} characters` }] }
  const lines = new LineCounter()
  const reader = new Reader(file, lines)
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  // Empty input has one more shape in the library's types.
  for (const document of Array.isArray(documents) ? documents : []) reader.document(document)
  return { rules: reader.rules, problems: reader.problems }
}

class Reader {
  readonly rules: Rule[] = []
  readonly problems: RuleProblem[] = []

  constructor(
    private readonly file: string,
    private readonly lines: LineCounter,
  ) {}

  document(document: Document.Parsed): void {
    for (const { pos, code } of document.errors) this.problemAt(pos[0], `is not YAML: ${code}`)
    if (document.errors.length > 0 || document.contents === null) return
    const content = this.contentOf(document)
    if (content === null) return
    if ('correlation' in content)
      this.take(document, CorrelationDocument.safeParse(content), (rule) => ({ kind: 'correlation', ...named(rule), document: rule }))
    else if ('filter' in content)
      this.problemAt(offsetOf(document, ['filter']), 'filters are not supported: write the exception into the rule')
    else this.take(document, DetectionDocument.safeParse(content), detectionRule)
  }

  private contentOf(document: Document.Parsed): Record<string, unknown> | null {
    try {
      const content: unknown = document.toJS({ maxAliasCount: MAX_ALIASES })
      if (isMapping(content)) return content
      // What follows the last `---` is empty, most often.
      if (content === null) return null
      this.problemAt(offsetOf(document, []), 'is no map of a rule')
    } catch {
      this.problemAt(offsetOf(document, []), 'has too many aliases')
    }
    return null
  }

  private take<T>(document: Document.Parsed, read: z.ZodSafeParseResult<T>, make: (content: T) => Rule): void {
    if (!read.success) {
      for (const { path, message } of read.error.issues) this.problemAt(offsetOf(document, path), `${nameOf(path)}${message}`)
      return
    }
    try {
      this.rules.push(make(read.data))
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      this.problemAt(offsetOf(document, error.path) + error.offset, `${nameOf(error.path)}${error.message}`)
    }
  }

  private problemAt(offset: number, message: string): void {
    const { line, col } = this.lines.linePos(offset)
    this.problems.push({ file: this.file, line: Math.max(1, line), column: Math.max(1, col), message })
  }
}

function detectionRule(document: DetectionDocument): Rule {
  const { category, product, service } = document.logsource
  try {
    return {
      kind: 'detection',
      ...named(document),
      source: { category, product, service },
      test: compileDetection(document.detection),
      document,
    }
  } catch (error) {
    throw error instanceof RuleError ? error.under('detection') : error
  }
}

function named({ title, id, name }: { title: string; id?: string | undefined; name?: string | undefined }) {
  return { title, id: id ?? null, name: name ?? null }
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '' : `${path.map(String).join('.')}: `
}

// Where the nearest thing on the way to `path` stands: of what is missing, the map that it is missing from.
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    const offset = isNode(node) ? node.range?.[0] : undefined
    if (offset !== undefined) return offset + quoteAt(node)
    const key = keyOffset(document, path.slice(0, length))
    if (key !== null) return key
  }
  return 0
}

function quoteAt(node: unknown): number {
  return typeof node === 'object' && node !== null && 'type' in node && (node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE')
    ? 1
    : 0
}

// A key without a value has no node of its own.
function keyOffset(document: Document.Parsed, path: readonly PropertyKey[]): number | null {
  const parent: unknown = path.length <= 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(parent)) return null
  const pair = parent.items.find((item) => isPair(item) && isNode(item.key) && String(item.key) === String(path.at(-1)))
  return pair && isNode(pair.key) ? (pair.key.range?.[0] ?? null) : null
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
