import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { type DocumentedResponse, type Json, jsonOf, type Operation } from './documented.ts'

const DOCUMENT = 'https://honeyframe.test/openapi.json'

/** Holds answers against the document. `reached` are `GET /api/me 200` and `GET /api/me 401 unauthenticated`. */
export function createChecker(document: Json) {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(closed(document), DOCUMENT)
  const reached = new Set<string>()

  async function answerFaults(operation: Operation, response: Response): Promise<string[]> {
    const { status } = response
    const where = `${operation.name} ${status}`
    const documented = operation.responses.find((one) => one.status === status)
    const text = await response.text()
    if (!documented) return [`${where} is not documented: ${text.slice(0, 200)}`]
    if (documented.schema === undefined) {
      reached.add(where)
      return text === '' ? [] : [`${where} has a body: ${text.slice(0, 200)}`]
    }
    const { mediaType } = documented
    if (response.headers.get('content-type')?.split(';')[0] !== mediaType) return [`${where} is no ${mediaType}`]
    const body: unknown = mediaType === 'application/json' ? JSON.parse(text) : text
    const isError = documented.codes.length > 0
    reached.add(isError ? `${where} ${String(jsonOf(body).error)}` : where)
    return schemaFaults(`${where}: `, schemaOf(operation, documented), body)
  }

  /** Examples of answers and of requests that do not fit their own schema. */
  function exampleFaults(operation: Operation): string[] {
    const { name, hasBody, example } = operation
    const request = hasBody ? schemaFaults(`the request example of ${name}: `, requestSchemaOf(operation), example) : []
    const answers = operation.responses.flatMap((response) => {
      const { status, schema, example } = response
      if (schema === undefined) return []
      if (example === undefined) return [`${name} ${status} has no example`]
      return schemaFaults(`the example of ${name} ${status}: `, schemaOf(operation, response), example)
    })
    return [...request, ...answers]
  }

  function schemaFaults(where: string, pointer: string, value: unknown): string[] {
    const validate: ValidateFunction | undefined = ajv.getSchema(`${DOCUMENT}#${pointer}`)
    if (!validate) return [`${where}there is no schema`]
    return validate(value) ? [] : [`${where}${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`]
  }

  return { answerFaults, exampleFaults, reached }
}

/** What the document promises: each success, and each error by its code. */
export function promisesOf(operations: readonly Operation[]): string[] {
  return operations.flatMap(({ name, responses }) =>
    responses.flatMap(({ status, codes }) =>
      codes.length === 0 ? [`${name} ${status}`] : codes.map((code) => `${name} ${status} ${code}`),
    ),
  )
}

function pointerTo({ path, method }: Operation): string {
  return `/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${method.toLowerCase()}`
}

function schemaOf(operation: Operation, { status, mediaType }: DocumentedResponse): string {
  const media = mediaType.replaceAll('/', '~1')
  return encodeURI(`${pointerTo(operation)}/responses/${status}/content/${media}/schema`)
}

function requestSchemaOf(operation: Operation): string {
  return encodeURI(`${pointerTo(operation)}/requestBody/content/application~1json/schema`)
}

/** Every object with the members it names and no others: what is answered beyond the document is a fault, too. */
function closed(node: unknown): Json {
  return jsonOf(close(node))
}

function close(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(close)
  if (typeof node !== 'object' || node === null) return node
  const members = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, close(value)]))
  const isOpen = members.type === 'object' && 'properties' in members && !('additionalProperties' in members)
  return isOpen ? { ...members, additionalProperties: false } : members
}
