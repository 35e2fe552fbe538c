import { MAX_COMMAND_LENGTH, MAX_COMMANDS, MAX_DEPTH, MAX_WORDS, type ShellCommand, type ShellWord } from './command.ts'
import { Lexer, type Substitution } from './lexer.ts'

/**
 * The simple commands of a command line, those inside command substitutions after the one that holds them.
 * Redirections are left out, and the bodies of here-documents stand apart. Never throws; reads at most 256 KiB, 32,768 commands and as many words.
 */
export function splitCommands(text: string): ShellCommand[] {
  const splitter = new Splitter()
  splitter.split(text.slice(0, MAX_COMMAND_LENGTH), 0, 0)
  return splitter.commands
}

/** Lines longer than this are taken as they stand. */
const MAX_OPEN_LINE = 64 * 1024
const GOES_ON = new Set(['|', '|&', '&&', '||'])

/**
 * Would a shell ask for another line before it runs this one? So it does inside a quote, a substitution and a here-document, and after a
 * backslash or an operator that joins commands. What only its grammar tells (`if`, `for`) is not looked at: those lines are commands each.
 */
export function isUnfinished(text: string): boolean {
  if (text.length > MAX_OPEN_LINE) return false
  const splitter = new Splitter()
  return splitter.split(text, 0, MAX_DEPTH) || GOES_ON.has(splitter.commands.at(-1)?.endsWith ?? '')
}

type HereDocument = { delimiter: string; mayIndent: boolean; inputs: ShellWord[] }

class Splitter {
  readonly commands: ShellCommand[] = []
  private wordsLeft = MAX_WORDS

  /** @returns whether the text ends before what it begins does */
  split(text: string, offset: number, depth: number): boolean {
    const lexer = new Lexer(text, offset)
    const inner: Substitution[] = []
    const hereDocuments: HereDocument[] = []
    let command = begun()
    let redirection = ''
    for (const token of lexer.tokens()) {
      if (this.commands.length >= MAX_COMMANDS || this.wordsLeft <= 0) return false
      if (token.kind === 'redirection') redirection = token.text
      else if (token.kind === 'word') {
        this.wordsLeft -= 1
        inner.push(...token.substitutions)
        if (redirection === '') command.words.push(token.word)
        else if (redirection === '<<<') command.inputs.push(token.word)
        else if (isHereDocument(redirection)) {
          hereDocuments.push({ delimiter: token.word.text, mayIndent: redirection === '<<-', inputs: command.inputs })
        }
        redirection = ''
      } else {
        this.finish(command, token.text)
        command = begun()
        redirection = ''
        if (token.text === '\n') takeAll(lexer, hereDocuments)
      }
    }
    this.finish(command, '')
    if (depth < MAX_DEPTH) for (const substitution of inner) this.split(substitution.text, substitution.offset, depth + 1)
    return lexer.isOpen || hereDocuments.length > 0
  }

  private finish({ words, inputs }: Begun, endsWith: string): void {
    // The body of a here-document comes after the line's end: the list is filled then.
    if (words.length > 0) this.commands.push({ words, endsWith, inputs })
  }
}

type Begun = Required<Pick<ShellCommand, 'words' | 'inputs'>>

function begun(): Begun {
  return { words: [], inputs: [] }
}

function isHereDocument(redirection: string): boolean {
  return redirection === '<<' || redirection === '<<-'
}

function takeAll(lexer: Lexer, hereDocuments: HereDocument[]): void {
  for (const { delimiter, mayIndent, inputs } of hereDocuments.splice(0)) inputs.push(lexer.takeHereDocument(delimiter, mayIndent))
}
