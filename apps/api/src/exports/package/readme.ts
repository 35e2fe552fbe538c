import { UNTOLD_TYPES } from './evidence/acts.ts'
import type { Requester, Scope } from './scope.ts'

/** README.txt: what an export is worth, how to check it, and what its files are. */
export function readmeOf({ askedFor }: Scope, { hasContent, isRevealed, hasAudit }: Requester): string {
  const paragraphs = [
    'This export is not signed.',
    UNSIGNED,
    CHECKING,
    hasContent ? CHAIN_OF_HASHES : LINKS_ALONE,
    ...(hasContent && !isRevealed ? [MASKED] : []),
    askedFor.kind === 'period' ? OF_PERIOD : OF_MEMBERS,
    `Files\n\n${filesOf(askedFor.kind === 'chain', hasContent, hasAudit)
      .map(([name, about]) => `  ${name}\n${indented(about)}`)
      .join('\n')}`,
    NOT_HERE,
  ]
  return `${paragraphs.join('\n\n')}\n`
}

const UNSIGNED = `Nothing in it proves who made it: whoever can change a file can change its digest too. It can be held against the recording
that it was made from (\`hoptrace verify\`), and against a hash that was noted elsewhere while the recording was made.`

const CHECKING = `Are the files what was written?

  sha256sum -c SHA256SUMS

SHA256SUMS names every other file. manifest.json names every file but itself and SHA256SUMS, with its size, and says what is here
and what is not: counts, spans of seq, gaps, truncations, clocks, the request, and who made it.`

/** Runs as it stands here, and so do its tests. */
export const CHECK_SCRIPT = `import hashlib, json, sys
all_wrong = 0
for path in sys.argv[1:]:
    before, wrong, masked = None, 0, 0
    for line in open(path, 'rb'):
        line = line.rstrip(b'\\n')
        event = json.loads(line)
        content = line[: line.rindex(b',"hash":"')] + b'}'
        if event.get('masked'):
            masked += 1
        elif hashlib.sha256(content).hexdigest() != event['hash']:
            wrong += 1
        if before and (event['prevHash'], event['seq']) != before:
            wrong += 1
        before = (event['hash'], event['seq'] + 1)
    print(path, 'wrong:', wrong, 'masked:', masked)
    all_wrong += wrong
sys.exit(1 if all_wrong else 0)`

const CHAIN_OF_HASHES = `Is each event what was recorded?

Events stand in events.jsonl, one a line, in the order of seq. A line is the event's canonical JSON (RFC 8785) with one more, last
member, "hash". The hash is SHA-256, in hex, of the line without that member. "prevHash" is the hash of the event before it, and 64
zeros in a session's first; seq counts from 0 without a gap. What a gateway said of itself is a stretch of a longer stream: its first
prevHash is the hash of an event that is not here. To follow every chain, with Python and nothing else:

  python3 check.py sessions/*/events.jsonl gateways/*/events.jsonl

where check.py is

${CHECK_SCRIPT.replaceAll(/^/gm, '  ')}

The script calls wrong what manifest.json tells as missing or in conflict too: look there first.`

const LINKS_ALONE = `This export is of metadata alone: no statement, no answer, nothing that was typed or shown, no value. links.jsonl holds of each event its
place, its type, the keyed digests of the values that stood in it, its hash and the hash before it. That no event was taken out can be
followed by prevHash; that a hash is its event's cannot be computed here, because the event is not here.`

const MASKED = `Secrets are hidden: in text each of their characters is \u2022, in bytes *. An event that secrets are hidden in says "masked": true behind its
hash. That hash is of what was recorded: it cannot be computed from what stands here, though the chain of prevHash still holds. Whoever
holds the right to reveal secrets can take the same export with them. Terminals are hidden in likewise, and input that was typed
without echo stands in no .cast file.`

const OF_PERIOD = `What it is of: everything of the period. A session that was under way in it stands here whole, from its first event to its last one when
the export was made.`

const OF_MEMBERS = `What it is of: the tables in population/ hold everything of the span in which it happened, so that it can be seen what it was chosen from;
"isMember" marks what belongs to it. Events are here of the members alone.`

const NOT_HERE = `Not here: what no gateway saw, and what population/unrecorded.csv says was not recorded. Cells of a CSV that a spreadsheet would take
for a formula begin with an apostrophe. Times are UTC; within a session the order is that of seq, never that of time.`

function filesOf(isChain: boolean, hasContent: boolean, hasAudit: boolean): [string, string][] {
  const untold = `Of every session here and of every refusal;\n      of events all but ${UNTOLD_TYPES.join(', ')}.`
  return [
    ['population/', 'Runs, sessions, refusals, and times without recording, as CSV and as JSONL: to take samples from.'],
    ['acts.csv, .jsonl', `Who, what, when, how it went, from where, on what. ${untold}`],
    ['grants.csv, revocations.csv, .jsonl', 'What each run might reach and until when; who ended which run.'],
    ['chains/', 'Hop chains, their accesses, and each hop with its evidence, its score (log-odds) and the accesses that came next.'],
    ['alerts/', 'Alerts with what they rest on, what people did with them, where they were sent, what was suppressed.'],
    [
      'rules/',
      "Every version of the tenant's own rules, the rules of this version of Hoptrace, and the baselines that alerts are pinned to.\n      Which revision of a rule found something stands in the alert.",
    ],
    ...(hasAudit ? [['views.csv, .jsonl', 'Who viewed and who took away what.'] satisfies [string, string]] : []),
    ...(hasContent
      ? ([
          ['sessions/ID/events.jsonl', 'The events of a session, as they were recorded.'],
          ['sessions/ID/terminal-N.cast', 'A terminal, to play (asciicast v3).'],
          ['gateways/ID/events.jsonl', 'What a gateway said of itself: runs, refusals, heartbeats.'],
        ] satisfies [string, string][])
      : ([
          ['sessions/ID/links.jsonl', 'The chain of hashes of a session.'],
          ['gateways/ID/links.jsonl', "The same of a gateway's own stream."],
        ] satisfies [string, string][])),
    ...(isChain ? [['report.html', 'The chain on one page, for reading.'] satisfies [string, string]] : []),
  ]
}

function indented(text: string): string {
  return `      ${text}`
}
