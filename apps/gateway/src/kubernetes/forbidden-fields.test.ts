import { expect, it } from 'vitest'
import { HeaderFields } from '../http/index.ts'
import { forbiddenField } from './forbidden-fields.ts'

it.each(['Impersonate-User', 'impersonate-group', 'IMPERSONATE-UID', 'Impersonate-Extra-scopes', 'X-Remote-User', 'X-Remote-Extra-a'])(
  '%s would make the caller somebody else, and is told with whom',
  (name) => {
    const found = forbiddenField(new HeaderFields(['Accept', '*/*', name, 'admin']))
    expect(found).toEqual({ as: 'as admin', detail: `${name.toLowerCase()} is not passed on: nobody acts as another user` })
  },
)

it('lets all other fields through', () => {
  expect(forbiddenField(new HeaderFields(['Authorization', 'Bearer x', 'X-Impersonate', 'a', 'Remote-User', 'b']))).toBeNull()
})
