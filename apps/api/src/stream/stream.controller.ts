import type { IncomingMessage, ServerResponse } from 'node:http'
import { Controller, Get, Inject, Req, Res } from '@nestjs/common'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import type { Me, Tick } from '../contract/index.ts'
import { Describes } from '../http/describes.ts'
import { instantOf } from '../http/instant.ts'
import { STREAM } from '../tokens.ts'
import type { ChangeStream } from './change-stream.ts'

const KEEP_ALIVE_MS = 15_000
/** A page asks anew then, and is asked anew who it is: what was taken from somebody meanwhile is gone. */
const ENDS_AFTER_MS = 10 * 60_000

@Controller('api/v1/stream')
export class StreamController {
  constructor(@Inject(STREAM) private readonly changes: ChangeStream) {}

  @Get()
  @Needs('metadata')
  @Describes({ summary: 'Server-sent events: a tick when what is shown has changed', answer: 'text/event-stream' })
  stream(@Viewer() { tenant }: Me, @Req() request: IncomingMessage, @Res() response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
    const send = (tick: Tick) => response.write(`data: ${JSON.stringify(tick)}\n\n`)
    send({ kind: 'hello', at: instantOf(BigInt(Date.now()) * 1000n) })
    const silence = this.changes.listen(tenant, send, () => response.end())
    const keepAlive = setInterval(() => response.write(': still here\n\n'), KEEP_ALIVE_MS)
    const end = setTimeout(() => response.end(), ENDS_AFTER_MS)
    request.on('close', () => {
      clearTimeout(end)
      clearInterval(keepAlive)
      silence()
    })
  }
}
