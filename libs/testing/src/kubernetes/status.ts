/** A failure as the API server words it: the body of every error answer. */
export type Status = {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: object
  status: string
  message: string
  reason: string
  code: number
  details?: object
}

export class StatusError extends Error {
  readonly status: Status

  constructor(code: number, reason: string, message: string, details?: object) {
    super(message)
    this.status = failure(code, reason, message, details)
  }
}

export function failure(code: number, reason: string, message: string, details?: object): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code, ...(details ? { details } : {}) }
}

export function notFound(plural: string, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${plural} "${name}" not found`, { name, kind: plural })
}
