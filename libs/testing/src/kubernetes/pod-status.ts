import { type Json, memberOf, type StoredObject, textOf } from './objects.ts'

/** There are no controllers here: what they would say of a new object is said at once. */
export function withStatus(object: Json, kind: string): Json {
  if (kind === 'Namespace') return { ...object, status: { phase: 'Active' } }
  if (kind === 'Deployment') return { ...object, status: { replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1 } }
  return kind === 'Pod' ? { ...object, status: podStatus(object) } : object
}

/** The same pod, once its programs have ended. */
export function endedPod(pod: StoredObject, exitCode: number): StoredObject {
  const status = memberOf(pod, 'status')
  const { containerStatuses } = status
  const ended = (Array.isArray(containerStatuses) ? containerStatuses : []).map((container: Json) => ({
    ...container,
    ready: false,
    state: { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } },
  }))
  return { ...pod, status: { ...status, phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses: ended } }
}

function podStatus(pod: Json): Json {
  const { containers } = memberOf(pod, 'spec')
  const startedAt = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const containerStatuses = (Array.isArray(containers) ? containers : []).map((container: Json) => ({
    name: textOf(container.name),
    image: textOf(container.image),
    ready: true,
    restartCount: 0,
    state: { running: { startedAt } },
  }))
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: startedAt }]
  return { phase: 'Running', podIP: '10.244.0.7', hostIP: '10.0.0.1', startTime: startedAt, conditions, containerStatuses }
}
