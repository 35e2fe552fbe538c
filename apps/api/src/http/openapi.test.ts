import 'reflect-metadata'
import { Controller, Get } from '@nestjs/common'
import { describe, expect, it } from 'vitest'
import { Needs, SignedIn } from '../auth/needs.ts'
import { Public } from '../auth/public.ts'
import { Describes } from './describes.ts'
import { openApiOf } from './openapi.ts'

/** A controller of one route. */
function aController(path: string, ...decorators: MethodDecorator[]) {
  class Things {
    list() {}
  }
  Controller('things')(Things)
  const method = Object.getOwnPropertyDescriptor(Things.prototype, 'list') ?? {}
  for (const decorate of [Get(path), Describes({ summary: 'Things' }), ...decorators]) decorate(Things.prototype, 'list', method)
  return Things
}

describe('the OpenAPI document', () => {
  it('tells which right each route asks for', () => {
    const controllers = [aController('open', Public()), aController('mine', SignedIn()), aController(':id', Needs('operate', 'respond'))]
    expect(openApiOf(controllers, '0').paths).toMatchObject({
      '/things/open': { get: { security: [] } },
      '/things/mine': { get: { 'x-hoptrace-right': [] } },
      '/things/{id}': { get: { 'x-hoptrace-right': ['operate', 'respond'] } },
    })
  })

  it.each([
    ['says nothing', []],
    ['is public and asks for a right', [Public(), Needs('metadata')]],
  ])('cannot be made, so that nothing boots, of a route that %s', (_, decorators) => {
    const make = () => openApiOf([aController('', ...decorators)], '0')
    expect(make).toThrow('things list must either state the right that it needs or be public')
  })
})
