import { startPostgres } from '/work/wt-backups/test/support/postgres.ts'
await using server = await startPostgres()
const files = process.argv.slice(2)
const child = Bun.spawn([process.execPath, 'test', '--isolate', '--timeout=60000', ...files], { cwd: '/work/wt-backups', env: { ...process.env, DATABASE_URL: server.url }, stdout: 'pipe', stderr: 'pipe' })
const [a, b] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
await child.exited
await Bun.write('/tmp/pg-result.txt', a + b)
