export { checkSshTarget } from './check-target.ts'
export { describeHostKey, generateHostKey } from './host-key.ts'
export { SshProxy, type SshProxyOptions } from './ssh-proxy.ts'
