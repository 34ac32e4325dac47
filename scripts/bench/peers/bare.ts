// The least a compiled server can be: one route that answers JSON of the size it is told.
const [port, json = '{"status":"ok"}'] = process.argv.slice(2)
const body: unknown = JSON.parse(json)

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  development: false,
  routes: { '/api/me': () => Response.json(body) },
})
