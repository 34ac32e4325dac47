import { OptionalKind } from '@sinclair/typebox'
import { type AnyElysia, Elysia } from 'elysia'
import { build } from '#config/build.ts'
import type { Door } from '#http/admit.ts'
import { gate, needOf } from '#http/gate.ts'
import { completeDocument, type RouteFacts } from '#http/openapi-document.ts'

const NOT_API = /^(?!\/api\/)/
/** What describes the API is not described. */
const OWN = ['/api/openapi.json', '/api/docs']

/** `/api/openapi.json` and `/api/docs`: every API route, made from the routes themselves; the page's files are in the executable. */
export function openapi(door: Door, routes: () => AnyElysia) {
  let document: Promise<object> | undefined

  async function make(): Promise<object> {
    const { toOpenAPISchema } = await import('@elysiajs/openapi')
    const app = routes()
    const { paths } = toOpenAPISchema(app, { paths: [NOT_API, ...OWN], staticFile: false })
    const known = new Map(app.routes.map((route) => [nameOf(route), factsOf(route)]))
    return completeDocument(paths, (route) => known.get(route) ?? unknown(route), build.version)
  }

  function describeApi(): Promise<object> {
    document ??= make()
    return document
  }

  return new Elysia({ prefix: '/api' })
    .use(gate(door))
    .get('/openapi.json', async () => await describeApi(), { open: true })
    .get('/docs', () => new Response(DOCS_PAGE, { headers: { 'content-type': 'text/html; charset=utf-8' } }), {
      open: true,
    })
}

/** As the document writes it: `get /api/members/{user_id}`. */
function nameOf(route: { method: string; path: string }): string {
  return `${route.method.toLowerCase()} ${route.path.replace(/:(\w+)/g, '{$1}')}`
}

function factsOf(route: { hooks: object; method: string; path: string }): RouteFacts {
  const body: unknown = Reflect.get(route.hooks, 'body')
  const isBodyOptional = typeof body === 'object' && body !== null && OptionalKind in body
  return { need: needOf(route) ?? unknown(nameOf(route)), body, isBodyOptional }
}

function unknown(route: string): never {
  throw new Error(`${route} never passed the gate`)
}

const DOCS_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>API reference · Honeyframe</title>
    <link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/assets/swagger-ui.css">
  </head>
  <body>
    <main id="docs" aria-label="API reference"></main>
    <script src="/assets/swagger-ui.js"></script>
    <script src="/assets/docs.js"></script>
  </body>
</html>
`
