import { MAX_COMMAND_LENGTH, MAX_COMMANDS, MAX_DEPTH, MAX_WORDS, type ShellCommand, type ShellWord } from './command.ts'
import { Lexer, type Substitution, type Token } from './lexer.ts'

/**
 * The simple commands of a command line, those inside command substitutions after the one that holds them.
 * Redirections and the bodies of here-documents are left out. Never throws; reads at most 256 KiB and 4096 commands.
 */
export function splitCommands(text: string): ShellCommand[] {
  const splitter = new Splitter()
  splitter.split(text.slice(0, MAX_COMMAND_LENGTH), 0, 0)
  return splitter.commands
}

type HereDocument = { delimiter: string; mayIndent: boolean }

class Splitter {
  readonly commands: ShellCommand[] = []
  private wordsLeft = MAX_WORDS

  split(text: string, offset: number, depth: number): void {
    const lexer = new Lexer(text, offset)
    const inner: Substitution[] = []
    const hereDocuments: HereDocument[] = []
    let words: ShellWord[] = []
    let redirection = ''
    for (const token of lexer.tokens()) {
      if (this.commands.length >= MAX_COMMANDS || this.wordsLeft <= 0) return
      if (token.kind === 'redirection') redirection = token.text
      else if (token.kind === 'word') {
        this.wordsLeft -= 1
        inner.push(...token.substitutions)
        if (redirection === '') words.push(token.word)
        else if (isHereDocument(redirection)) hereDocuments.push({ delimiter: token.word.text, mayIndent: redirection === '<<-' })
        redirection = ''
      } else {
        this.finish(words, token)
        words = []
        redirection = ''
        if (token.text === '\n') skipAll(lexer, hereDocuments)
      }
    }
    this.finish(words, null)
    if (depth < MAX_DEPTH) for (const substitution of inner) this.split(substitution.text, substitution.offset, depth + 1)
  }

  private finish(words: ShellWord[], operator: (Token & { kind: 'operator' }) | null): void {
    if (words.length > 0) this.commands.push({ words, endsWith: operator?.text ?? '' })
  }
}

function isHereDocument(redirection: string): boolean {
  return redirection === '<<' || redirection === '<<-'
}

function skipAll(lexer: Lexer, hereDocuments: HereDocument[]): void {
  for (const { delimiter, mayIndent } of hereDocuments.splice(0)) lexer.skipHereDocument(delimiter, mayIndent)
}
