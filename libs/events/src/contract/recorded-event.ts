import { z } from 'zod'
import { KnownEvent, UnknownEvent } from '../session-event.ts'

/** An event of a type that is not known here, as it stands in a message. */
export const ForeignEvent = UnknownEvent.omit({ recordedType: true }).extend({ type: UnknownEvent.shape.recordedType })

/** Whatever is accepted as an event. */
export const RecordedEvent = z.union([KnownEvent, ForeignEvent])
