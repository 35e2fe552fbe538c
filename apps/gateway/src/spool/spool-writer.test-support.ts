import { writeSync } from 'node:fs'
import { aWho, openRecordings } from '../recording/recordings.test-support.ts'

// A process that records and says on stdout which events it let a caller see: `released SEQ`, or `refused CODE` once
// it cannot record. Run under strace, which kills it or fails its system calls.
const [dir, count] = process.argv.slice(2)
const recordings = openRecordings(dir ?? '', { retryAfterMs: 1_000_000 })
const recording = recordings.start(aWho, 'default')
const say = (line: string) => writeSync(1, `${line}\n`)
recording.onStop((order) => {
  say(`refused ${order.reason}`)
  process.exit(0)
})

let asked = 0
function ask(): void {
  if (asked >= Number(count)) {
    recordings.close().then(() => say('done'))
    return
  }
  asked += 1
  const seq = recording.append('terminal.input', {
    channel: 0,
    data: { utf8: `${recording.sessionId} ${asked} ${'x'.repeat(700)}` },
    isEchoed: true,
  })
  recording.forward(() => {
    // The target answers after what was asked is in the spool.
    const mark = recording.mark
    recording.append('terminal.output', { channel: 0, stream: 'stdout', data: { utf8: `${asked}` } })
    recording.release(mark, () => {
      say(`released ${recording.sessionId} ${seq}`)
      ask()
    })
  })
}
ask()
