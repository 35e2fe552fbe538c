import { Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { Masked, Reveal } from './masked.ts'

/** `idle`: pauses longer than this many seconds are shortened to it. Without it, real time. */
export const TerminalQuery = z.object({
  idle: z.coerce.number().min(0.1).max(3600).optional(),
  /** Which channel, of SSH or of a program in a container; default the first with output. */
  channel: z.coerce.number().int().nonnegative().optional(),
  /** Play no event above this seq: the index of a session that is still open names it in its segments' addresses. */
  through: z.coerce.number().int().nonnegative().optional(),
  reveal: Reveal,
})
export type TerminalQuery = z.infer<typeof TerminalQuery>

export const CommandsQuery = TerminalQuery.extend({
  /** `1`: what was asked over HTTP and of a Kubernetes API stands among them, discovery left out. */
  requests: z.literal('1').optional(),
})
export type CommandsQuery = z.infer<typeof CommandsQuery>

/** The index of a segmented recording, as asciinema-player 3.17 reads it (`format: 'segmented'`). Times in seconds. */
export const TerminalIndex = z.object({
  version: z.literal(1),
  duration: z.number(),
  term: z.object({ cols: z.int(), rows: z.int() }),
  markers: z.array(z.tuple([z.number(), z.string()])),
  segments: z.array(z.object({ start: z.number(), url: z.string() })),
  /**
   * `[session ms, player seconds]`: with `idle`, both ends of every pause that was shortened. Between two of them both clocks
   * run evenly; before the first and after the last, at the same speed. Empty in real time. The player does not read it.
   */
  clock: z.array(z.tuple([z.number(), z.number()])),
  /** In the whole recording. The player does not read it either. */
  masked: Masked,
})
export type TerminalIndex = z.infer<typeof TerminalIndex>

/** One segment: a keyframe, then events `[seconds from the start of the recording, code, data]`. */
export const TerminalSegment = z.object({
  snapshot: z.object({ cols: z.int(), rows: z.int(), init: z.string() }),
  events: z.array(z.tuple([z.number(), z.string(), z.string()])),
  masked: Masked,
})
export type TerminalSegment = z.infer<typeof TerminalSegment>

/** A command in a session: an exec over SSH or in a container, a line typed at a prompt, or a mark that the recording carries. */
export const SessionCommand = z.object({
  seq: z.int(),
  /** Milliseconds since the session began. */
  ms: z.number(),
  /** Seconds on the player's clock (with `idle` applied); null when there is nothing to play. */
  playerSeconds: z.number().nullable(),
  channel: z.int(),
  kind: z.enum(['exec', 'shell', 'typed', 'marker', 'subsystem', 'forward', 'transfer', 'statement', 'request']),
  text: z.string(),
  exitStatus: z.int().nullable(),
})
export type SessionCommand = z.infer<typeof SessionCommand>

/** At most 10,000 commands; more is said as `isTruncated`. */
export const CommandsAnswer = z.object({ items: z.array(SessionCommand), isTruncated: z.boolean(), masked: Masked })
export type CommandsAnswer = z.infer<typeof CommandsAnswer>

export const exportFormats = ['asciicast', 'har', 'jsonl', 'csv', 'text', 'manifest'] as const
/** One file of a session's export, as an attachment. */
export const ExportQuery = z.object({
  format: z.enum(exportFormats),
  /** Which terminal, of an asciicast; default the first. */
  channel: z.coerce.number().int().nonnegative().optional(),
  /** Export no event above this seq: a manifest and files of an open session then agree. */
  through: z.coerce.number().int().nonnegative().optional(),
  reveal: Reveal,
})
export type ExportQuery = z.infer<typeof ExportQuery>

/** What the manifest of an export says of its files; the rest is for people, and for whoever checks. */
export const ExportManifest = z.looseObject({
  sessionId: Uuid,
  files: z.array(z.object({ name: z.string(), bytes: z.int(), sha256: z.string() })),
})
export type ExportManifest = z.infer<typeof ExportManifest>
