import { printable } from '@hoptrace/events'
import { z } from 'zod'
import type { GatewayAccess } from '../access/gateway-access.ts'
import { covers, type Minter, MintRequest } from '../access/mint.ts'

import type { RunRegistry } from '../access/run-registry.ts'
import { SshPublicKeyError } from '../access/ssh-public-key.ts'
import type { TargetDirectory } from '../access/target-directory.ts'
import type { Recordings } from '../recording/recordings.ts'
import { Problem } from './problem.ts'
import { RunBook, type RunView } from './run-book.ts'

const MAX_REASON = 1024

/** What callers may do with runs, whichever way they came: over HTTP or SSH. */
export class RunDesk {
  private readonly book: RunBook

  constructor(
    private readonly runs: RunRegistry,
    private readonly targets: TargetDirectory,
    recordings: Recordings,
    private readonly access: Pick<GatewayAccess, 'refuseMint'>,
  ) {
    this.book = new RunBook(runs, recordings)
  }

  /** @throws Problem 400 for a bad request, 403 for more than the minter holds */
  start(body: unknown, minter: Minter): { run: RunView; token: string } {
    const request = MintRequest.safeParse(body)
    if (!request.success) throw new Problem(400, 'invalid', z.prettifyError(request.error))
    const unknown = request.data.grants.find((grant) => this.targets.find(grant.target, grant.protocol)?.name !== grant.target)
    if (unknown) throw new Problem(400, 'unknown-target', `there is no ${unknown.protocol} target named ${unknown.target}`)
    try {
      const { minted, token } = this.runs.mint(request.data, minter)
      if (minted.kind === 'refused') {
        this.noteRefusal(request.data, minter, minted.message)
        throw new Problem(403, minted.reason, minted.message)
      }
      return { run: this.book.view(minted.run.id), token }
    } catch (error) {
      if (error instanceof SshPublicKeyError) throw new Problem(400, 'invalid', `sshPublicKey: ${error.message}`)
      throw error
    }
  }

  // A run that asks for more than it holds is a refused attempt at a target like any other.
  private noteRefusal({ grants }: MintRequest, minter: Minter, message: string): void {
    if (minter.kind !== 'run') return
    const beyond = grants.find((grant) => !minter.run.grants.some((held) => covers(held, grant)))
    if (beyond) this.access.refuseMint(minter.run, beyond, message)
  }

  /** Revokes a run and its descendants, and ends their open sessions at once. @returns ids of the runs that were live */
  revoke(id: string, reason: string, caller: Minter): string[] {
    this.book.show(id, caller)
    const by = caller.kind === 'operator' ? caller.name : `run ${caller.run.id}`
    return this.runs.revoke(id, by, printable(reason.slice(0, MAX_REASON))).map((run) => run.id)
  }
}
