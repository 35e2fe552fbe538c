import type { Right } from '@hoptrace/api'

type Opening = {
  /** What the right opens, as the end of a sentence. */
  opens: string
  /** Who holds it, in words. */
  heldBy: string
}

export const rights: Record<Right, Opening> = {
  metadata: { opens: 'who reached what, when, and how it went', heldBy: 'every role holds it' },
  content: {
    opens: 'what was said: statements, answers, terminals and the values that flowed',
    heldBy: 'investigators and responders hold it',
  },
  reveal: { opens: 'secrets as they were recorded', heldBy: 'it is given to people apart from their roles' },
  operate: { opens: 'starting runs, trying targets, importing, and service tokens', heldBy: 'operators hold it' },
  respond: { opens: 'acting on what was found: revoking a run', heldBy: 'responders and operators hold it' },
  export: { opens: 'taking evidence away as files', heldBy: 'investigators and auditors hold it' },
  audit: { opens: 'who viewed what', heldBy: 'auditors hold it' },
}
