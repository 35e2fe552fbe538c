import type { KnownEvent } from '@hoptrace/events'

/**
 * Where clouds hand out credentials of the machine that asks: AWS, Azure, Google, OpenStack (169.254.169.254), AWS over IPv6, ECS tasks,
 * Alibaba, Oracle's older address; as documented by each. And the first one as programs also read it: in decimal, hex and octal.
 */
const ADDRESSES: readonly string[] = [
  '169.254.169.254',
  'fd00:ec2::254',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '192.0.0.192',
  '2852039166',
  '0xa9fea9fe',
  '0xa9.0xfe.0xa9.0xfe',
  '0251.0376.0251.0376',
  '::ffff:a9fe:a9fe',
]
const HOSTS: readonly string[] = ['metadata.google.internal', 'metadata.goog', 'instance-data.ec2.internal']
const ALL = [...ADDRESSES, ...HOSTS]

/** Does a text that a caller asked name a metadata service? Linear in the text. */
export function namesMetadataService(text: string): boolean {
  const lower = text.toLowerCase()
  return ALL.some((place) => standsIn(lower, place))
}

/** The same by the event's observables, in whose canonical forms spellings meet. */
export function reachesMetadataService({ observables }: KnownEvent): boolean {
  return observables.some(
    ({ kind, role, value }) => role !== 'answered' && (kind === 'address' || kind === 'host') && isMetadataService(value),
  )
}

export function isMetadataService(place: string | undefined | null): boolean {
  return place != null && ALL.includes(place.toLowerCase())
}

// Within a longer number or name it is another one.
function standsIn(text: string, place: string): boolean {
  for (let at = text.indexOf(place); at >= 0; at = text.indexOf(place, at + 1)) {
    const [before, after, afterThat] = [text.charAt(at - 1), text.charAt(at + place.length), text.charAt(at + place.length + 1)]
    const isApart = !/[\w.-]/.test(before) && !/[\w-]/.test(after) && !(after === '.' && /\w/.test(afterThat))
    if (isApart) return true
  }
  return false
}

const TOKEN_FOLDERS = ['kubernetes.io/serviceaccount', 'eks.amazonaws.com/serviceaccount', 'secrets/azure/tokens', 'secrets/tokens']
/** What lies beside the token and is no secret. */
const BESIDE = ['/ca.crt', '/namespace']

/** Does a text that a caller asked name the file of a pod's service account token, or its folder? */
export function namesServiceAccountToken(text: string): boolean {
  return TOKEN_FOLDERS.some((folder) => {
    for (let at = text.indexOf(folder); at >= 0; at = text.indexOf(folder, at + 1)) {
      if (!BESIDE.some((file) => text.startsWith(file, at + folder.length))) return true
    }
    return false
  })
}
