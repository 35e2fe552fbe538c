import type { JsonText, JsonToken } from '../json-reader.ts'
import type { FoundValue } from '../scan.ts'
import { canonicalPods, serviceHost } from './names.ts'

/** Objects of Kubernetes have a dozen levels. */
const MAX_DEPTH = 64

/** Most tokens give this. */
export const NOTHING: readonly FoundValue[] = []

type Frame = { key: string | null; kind?: string; name?: string; namespace?: string; nameAt?: number }

/**
 * Finds pods and services in the objects of Kubernetes that JSON holds: `Pod`, `Service`, lists and tables of them, and references to
 * them. It is given the tokens of the text one by one; where the text is cut, what stood before is found.
 */
export class KubernetesObjects {
  private readonly frames: Frame[] = [{ key: null }]
  /** Levels below the deepest that is looked at. */
  private below = 0

  constructor(private readonly context: { resource?: string | null; namespace?: string | null }) {}

  take(token: JsonToken): Iterable<FoundValue> {
    if (token.kind === 'open') this.open(token.key)
    else if (token.kind === 'close' && this.below > 0) this.below -= 1
    else if (token.kind === 'close' && this.frames.length > 1) return this.close(this.frames.pop())
    else if (token.kind === 'string' && token.isWhole && this.below === 0) this.note(token)
    return NOTHING
  }

  private open(key: string | null): void {
    if (this.frames.length < MAX_DEPTH) this.frames.push({ key })
    else this.below += 1
  }

  private note(text: JsonText): void {
    const { key, value } = text
    const frame = this.frames.at(-1)
    if (!frame) return
    if (key === 'kind') frame.kind = value
    if (key === 'namespace') frame.namespace = value
    if (key !== 'name') return
    frame.name = value
    frame.nameAt = text.at(0)
  }

  private close(frame: Frame | undefined): Iterable<FoundValue> {
    return frame?.name === undefined ? NOTHING : this.named({ ...frame, name: frame.name })
  }

  private *named(frame: Frame & { name: string }): Generator<FoundValue> {
    const kind = frame.key === 'metadata' ? this.kindOfOwner() : frame.kind
    const namespace = frame.namespace ?? this.context.namespace ?? null
    const offset = frame.nameAt ?? 0
    if (kind === 'Pod') for (const canonical of canonicalPods(namespace, frame.name)) yield { kind: 'pod', canonical, offset }
    const host = kind === 'Service' && namespace !== null ? serviceHost(namespace, frame.name) : null
    if (host) yield { kind: 'host', canonical: host, offset }
  }

  // Of `metadata`: the object that it stands in, the list that this stands in, or what was asked for.
  private kindOfOwner(): string | null {
    const [owner, , list] = [this.frames.at(-1), this.frames.at(-2), this.frames.at(-3)]
    if (owner?.kind && owner.kind !== 'PartialObjectMetadata') return owner.kind
    if (list?.kind === 'PodList' || list?.kind === 'ServiceList') return list.kind.slice(0, -'List'.length)
    if (this.context.resource === 'pods') return 'Pod'
    return this.context.resource === 'services' ? 'Service' : null
  }
}
