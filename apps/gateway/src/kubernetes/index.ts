export { KubernetesProxy, type KubernetesProxyOptions } from './kubernetes-proxy.ts'
