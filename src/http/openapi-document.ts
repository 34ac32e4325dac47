import type { Need } from '#http/needs.ts'
import { errorCodesOf, errorResponse } from '#http/openapi-errors.ts'
import { jsonOf, plainSchema } from '#http/openapi-schema.ts'
import { ErrorBody } from '#http/schemas.ts'
import { IMAGE_TYPES } from '#lib/image.ts'

type Json = Record<string, unknown>

/** What a route says apart from its description. `body` is a TypeBox schema; undefined when it reads no JSON. */
export type RouteFacts = Readonly<{ need: Need; body: unknown; isBodyOptional: boolean }>

const ORG_PARAMETER = { $ref: '#/components/parameters/OrgId' }

/**
 * The OpenAPI 3.1 document of the paths that were read off the routes, with what every route shares: errors, security, the
 * body's schema, names. `factsOf` knows each route by `get /api/members/{user_id}`; one it does not know throws.
 */
export function completeDocument(paths: object, factsOf: (route: string) => RouteFacts, version: string): Json {
  const completed = Object.entries(paths).map(([path, item]) => [path, completeItem(path, jsonOf(item), factsOf)])
  return {
    openapi: '3.1.0',
    info: {
      title: 'Honeyframe API',
      version,
      description: 'Send a bearer token: a JWT of `/api/auth/login`, or a personal access token.',
      license: { name: 'Proprietary', identifier: 'LicenseRef-Honeyframe' },
    },
    servers: [{ url: '/', description: 'Where this document was loaded from.' }],
    tags: tagsOf(completed),
    security: [{ bearer: [] }],
    paths: Object.fromEntries(completed),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A JWT or `hf_…`.' } },
      parameters: {
        OrgId: {
          name: 'X-Org-Id',
          in: 'header',
          description:
            "The org to act in, where the address does not name one. Else the token's org counts, then your default org.",
          schema: { type: 'integer', minimum: 1 },
        },
      },
      schemas: { Error: plainSchema(ErrorBody) },
    },
  }
}

function completeItem(path: string, item: Json, factsOf: (route: string) => RouteFacts): Json {
  const operations = Object.entries(item).map(([method, operation]) => {
    return [method, completeOperation(path, method, jsonOf(operation), factsOf(`${method} ${path}`))]
  })
  return Object.fromEntries(operations)
}

function completeOperation(path: string, method: string, operation: Json, facts: RouteFacts): Json {
  const { need, body } = facts
  const { 'x-errors': errors, 'x-request-example': example, 'x-bearer-optional': isBearerOptional, ...rest } = operation
  const { requestBody: _, responses, parameters, ...described } = rest
  const ownParameters = Array.isArray(parameters) ? parameters.map(plainSchema) : []
  const isOpen = need.kind === 'anyone'
  const allParameters = [...ownParameters, ...(isOpen ? [] : [ORG_PARAMETER])]
  const codes = errorCodesOf({ method, path, need, hasBody: body !== undefined, own: ownCodes(errors) })
  return {
    ...described,
    operationId: operationIdOf(method, path),
    ...(allParameters.length > 0 && { parameters: allParameters }),
    ...(isOpen && { security: isBearerOptional ? [{}, { bearer: [] }] : [] }),
    ...((body !== undefined || need.reads?.as) && { requestBody: requestBodyOf(facts, example) }),
    responses: {
      ...jsonOf(plainSchema(responses)),
      ...Object.fromEntries([...codes].map(([status, named]) => [status, errorResponse(status, named)])),
    },
  }
}

function requestBodyOf({ need, body, isBodyOptional }: RouteFacts, example: unknown): Json {
  if (need.reads?.as) return { required: true, content: Object.fromEntries(IMAGE_TYPES.map((type) => [type, {}])) }
  const media = { schema: plainSchema(body), ...(example !== undefined && { example }) }
  return { required: !isBodyOptional, content: { 'application/json': media } }
}

function ownCodes(errors: unknown): Record<string, string[]> {
  const listed = Object.entries(jsonOf(errors)).map(([status, codes]) => [
    status,
    Array.isArray(codes) ? codes.map(String) : [],
  ])
  return Object.fromEntries(listed)
}

/** `post /api/auth/tokens/{id}/revoke` → `postAuthTokensByIdRevoke`. */
function operationIdOf(method: string, path: string): string {
  const words = path
    .replace('/api/', '')
    .split('/')
    .map((part) => part.replace(/^\{(.*)\}$/, 'by-$1'))
  const parts = [method, ...words].join('-').split(/[-_]/)
  return parts.map((part, at) => (at === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1))).join('')
}

function tagsOf(items: readonly unknown[][]): Json[] {
  const tags = items.flatMap(([, item]) => Object.values(jsonOf(item)).flatMap((operation) => jsonOf(operation).tags))
  return [...new Set(tags)].map((name) => ({ name }))
}
