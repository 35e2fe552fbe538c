import { apiVersionOf, RESOURCES, type Resource } from './resources.ts'

export const OPENAPI_V2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/**
 * The little of OpenAPI 2 that kubectl before 1.29 asks for, in protobuf, before it lets the server validate: that the
 * PATCH of each kind takes `fieldValidation`. Field numbers are those of gnostic's OpenAPIv2.proto.
 */
export function openApiV2(): Buffer {
  return field(8, ...RESOURCES.map((resource) => field(2, text(1, pathOf(resource)), field(2, field(8, patchOf(resource))))))
}

function pathOf(resource: Resource): string {
  const root = resource.group === '' ? '/api/v1' : `/apis/${apiVersionOf(resource)}`
  return `${root}/${resource.isNamespaced ? 'namespaces/{namespace}/' : ''}${resource.plural}/{name}`
}

function patchOf({ group, version, kind }: Resource): Buffer {
  const parameter = field(3, text(2, 'query'), text(4, 'fieldValidation'))
  const extension = field(2, text(2, `group: "${group}"\nversion: ${version}\nkind: ${kind}\n`))
  return Buffer.concat([field(8, field(1, field(2, parameter))), field(13, text(1, 'x-kubernetes-group-version-kind'), extension)])
}

function text(number: number, value: string): Buffer {
  return field(number, Buffer.from(value))
}

/** A length-delimited field. */
function field(number: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.of((number << 3) | 2), varint(content.length), content])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let left = value
  for (; left > 127; left >>>= 7) bytes.push((left & 127) | 128)
  return Buffer.of(...bytes, left)
}
