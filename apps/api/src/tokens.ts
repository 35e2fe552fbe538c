/** Injection tokens of the api's parts: plain classes, wired in api.module.ts. */
export const API_OPTIONS = Symbol('ApiOptions')
export const AUTHENTICATOR = Symbol('Authenticator')
export const COOKIE_SESSIONS = Symbol('CookieSessions')
export const LOGIN_LINKS = Symbol('LoginLinks')
export const VIEW_LOG = Symbol('ViewLog')
export const GATEWAY = Symbol('GatewayClient')
export const CONTROLLERS = Symbol('Controllers')
