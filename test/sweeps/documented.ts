import type { TestApp } from '#test/support/app.ts'

export type Json = Readonly<Record<string, unknown>>

/** One operation of the OpenAPI document. `example` is that of the request's body. */
export type Operation = Readonly<{
  id: string
  name: string
  method: string
  path: string
  isOpen: boolean
  hasBody: boolean
  example: unknown
  parameters: readonly Json[]
  responses: readonly DocumentedResponse[]
}>

/** `codes` are the error codes of the status; empty for a success. `schema` is absent where the answer has no body. */
export type DocumentedResponse = Readonly<{
  status: number
  codes: readonly string[]
  schema: unknown
  example: unknown
  mediaType: string
}>

const JSON_TYPE = 'application/json'

/** The document that an app serves. */
export async function documentOf(app: Pick<TestApp, 'fetch'>): Promise<Json> {
  return jsonOf(await (await app.fetch('/api/openapi.json')).json())
}

export function operationsOf(document: Json): Operation[] {
  return Object.entries(jsonOf(document.paths)).flatMap(([path, item]) =>
    Object.entries(jsonOf(item)).map(([method, operation]) => operationOf(path, method, jsonOf(operation))),
  )
}

/** Any object's own members; empty for what is no object. */
export function jsonOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function operationOf(path: string, method: string, operation: Json): Operation {
  const bodies = jsonOf(jsonOf(operation.requestBody).content)
  const body = JSON_TYPE in bodies ? jsonOf(bodies[JSON_TYPE]) : undefined
  return {
    id: String(operation.operationId),
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    isOpen: Array.isArray(operation.security),
    hasBody: body !== undefined,
    example: body?.example,
    parameters: listOf(operation.parameters).map(jsonOf),
    responses: Object.entries(jsonOf(operation.responses)).map(([status, response]) => responseOf(status, response)),
  }
}

function responseOf(status: string, response: unknown): DocumentedResponse {
  const { schema, example } = mediaOf(response) ?? {}
  const own = listOf(jsonOf(schema).allOf).map(jsonOf).at(-1)
  const codes = listOf(jsonOf(jsonOf(own?.properties).error).enum).map(String)
  const [mediaType = JSON_TYPE] = Object.keys(jsonOf(jsonOf(response).content))
  return { status: Number(status), codes, schema, example, mediaType }
}

function mediaOf(holder: unknown): Json | undefined {
  const [media] = Object.values(jsonOf(jsonOf(holder).content))
  return media === undefined ? undefined : jsonOf(media)
}
