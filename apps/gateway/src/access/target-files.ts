import type { SecretSource, Target } from './target.ts'

type Absolute = (path: string) => string

/** The same target, every file that it names by its absolute path. */
export function withAbsoluteFilesOf(target: Target, absolute: Absolute): Target {
  const source = <T extends SecretSource | undefined>(named: T): T =>
    named && 'file' in named ? { ...named, file: absolute(named.file) } : named
  const ca = 'ca' in target && target.ca !== undefined ? { ca: absolute(target.ca) } : {}
  switch (target.protocol) {
    case 'postgres':
      return { ...target, ...ca, password: source(target.password) }
    case 'ssh':
      return { ...target, password: source(target.password), privateKey: source(target.privateKey) }
    case 'kubernetes': {
      const { credential } = target
      if (credential === 'caller') return { ...target, ...ca }
      if ('token' in credential) return { ...target, ...ca, credential: { token: source(credential.token) } }
      const { clientCertificate, clientKey } = credential
      return { ...target, ...ca, credential: { clientCertificate: absolute(clientCertificate), clientKey: source(clientKey) } }
    }
    case 'http': {
      const { credential } = target
      if (typeof credential === 'string') return { ...target, ...ca }
      if ('bearer' in credential) return { ...target, ...ca, credential: { bearer: source(credential.bearer) } }
      if ('basic' in credential) return { ...target, ...ca, credential: { basic: { password: source(credential.basic.password) } } }
      return { ...target, ...ca, credential: { ...credential, value: source(credential.value) } }
    }
  }
}
