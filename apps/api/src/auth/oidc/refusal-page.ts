import type { ServerResponse } from 'node:http'

export type Refusal = { status: number; title: string; what: string; next: string; again: boolean }

export const refusals = {
  'no-role': {
    status: 403,
    title: 'No role here',
    what: 'Your identity provider knows you, but none of your groups has a role in Hoptrace.',
    next: 'Ask whoever runs Hoptrace to give one of your groups a role.',
    again: false,
  },
  'no-tenant': {
    status: 403,
    title: 'No tenant',
    what: 'Your identity provider does not say which tenant you belong to.',
    next: 'Ask whoever runs the identity provider to send the tenant claim that Hoptrace expects.',
    again: false,
  },
  'no-subject': { status: 403, title: 'Nobody', what: 'Your identity provider does not say who you are.', next: '', again: true },
  'not-begun': {
    status: 400,
    title: 'Sign in again',
    what: 'This sign-in was not begun in this browser, was finished already, or took longer than ten minutes.',
    next: '',
    again: true,
  },
  refused: { status: 401, title: 'Not signed in', what: 'The identity provider did not sign you in.', next: '', again: true },
  unavailable: {
    status: 503,
    title: 'The identity provider does not answer',
    what: 'Nobody can sign in until it does. What is recorded goes on being recorded.',
    next: '',
    again: true,
  },
} as const satisfies Record<string, Refusal>

/** A page for a person who did not get in. It has no script, and nothing in it is anybody's input. */
export function answerRefusal(response: ServerResponse, { status, title, what, next, again }: Refusal): void {
  const more = [next && `<p>${next}</p>`, again ? '<p><a href="/login/oidc">Sign in again</a></p>' : ''].join('')
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title} - Hoptrace</title></head>
<body><main><h1>${title}</h1><p>${what}</p>${more}</main></body></html>\n`)
}
