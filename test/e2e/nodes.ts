import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { systemRandom } from '#lib/random.ts'
import { start } from '#test/binary/executable.ts'
import { makeCertificate } from '#test/support/certificates.ts'
import { startNginx } from '#test/support/nginx.ts'
import { freePort } from '#test/support/ports.ts'
import { startPostgres } from '#test/support/postgres.ts'
import { PROGRAM } from '#test/support/program.ts'
import { type SmtpOptions, startSmtp } from '#test/support/smtp.ts'

export const ADMIN = { username: 'ada@example.test', password: 'correct horse battery' }

export type Installation = Awaited<ReturnType<typeof startTwoNodes>>
export type Node = Installation['nodes'][number]

/**
 * Two nodes on one PostgreSQL, one secret and one folder, behind nginx as `docs/two-nodes.md` sets it up, and an SMTP server
 * for their mails. `prepare` is run on the migrated database before the first start.
 */
export async function startTwoNodes(
  options: Readonly<{
    smtp?: SmtpOptions
    env?: Readonly<Record<string, string>>
    prepare?: (sql: postgres.Sql) => Promise<unknown>
  }> = {},
) {
  await using made = new AsyncDisposableStack()
  const database = made.use(await startPostgres())
  const smtp = made.use(await startSmtp(options.smtp ?? {}))
  const root = await mkdtemp(join(tmpdir(), 'honeyframe-two-nodes-'))
  made.defer(() => rm(root, { recursive: true, force: true }))
  const certificate = await makeCertificate()
  const [port, plainPort, ...nodePorts] = Array.from({ length: 4 }, freePort)
  const origin = `https://localhost:${port}`
  const env = {
    DATA_DIR: join(root, 'data'),
    DATABASE_URL: database.url,
    PUBLIC_URL: origin,
    JWT_SECRET: Buffer.from(systemRandom.bytes(48)).toString('base64url'),
    ADMIN_EMAIL: ADMIN.username,
    ADMIN_PASSWORD: ADMIN.password,
    SMTP_HOST: smtp.host,
    SMTP_PORT: String(smtp.port),
    SMTP_TLS: 'none',
    ...options.env,
  }
  await using migration = start([...PROGRAM, 'migrate'], { env })
  if ((await migration.ended()) !== 0) throw new Error(migration.said())
  const sql = postgres(database.url, { max: 2, onnotice: () => {}, connection: { search_path: 'honeyframe' } })
  made.defer(() => sql.end())
  await options.prepare?.(sql)
  const nodes = nodePorts.map((nodePort) => made.use(nodeOn(nodePort, env)))
  await Promise.all(nodes.map((node) => node.start()))
  const site = await documentedSite(root, certificate, { port, plainPort, nodePorts })
  const nginx = made.use(await startNginx(site, port ?? 0))
  const rest = made.move()
  return {
    ...{ nodes, smtp, sql, origin, nginx, env },
    plainOrigin: `http://localhost:${plainPort}`,
    /** A request through nginx, as a client sends it. */
    fetch: (path: string, init: RequestInit = {}) =>
      fetch(origin + path, { redirect: 'manual', ...init, tls: { ca: certificate.cert } }),
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  }
}

/** One node, that can be killed and started again. */
function nodeOn(port: number, env: Readonly<Record<string, string>>) {
  let process: ReturnType<typeof start> | undefined
  let former = ''
  return {
    origin: `http://127.0.0.1:${port}`,
    /** Everything it has written, in all its lives. */
    said: () => former + (process?.said() ?? ''),
    async start(): Promise<void> {
      former += process?.said() ?? ''
      process = start([...PROGRAM, 'serve'], { env: { ...env, PORT: String(port) } })
      await process.says(/"message":"listening"/)
    },
    async kill(): Promise<void> {
      process?.kill('SIGKILL')
      await process?.ended()
    },
    fetch: (path: string, init: RequestInit = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init }),
    async [Symbol.asyncDispose](): Promise<void> {
      await process?.[Symbol.asyncDispose]()
    },
  }
}

type Ports = Readonly<{ port: number | undefined; plainPort: number | undefined; nodePorts: readonly number[] }>

/** The block of the document, with nothing changed but addresses, ports and the certificate's place. */
async function documentedSite(
  folder: string,
  certificate: { key: string; cert: string },
  ports: Ports,
): Promise<string> {
  const document = await Bun.file('docs/two-nodes.md').text()
  const blocks = [...document.matchAll(/^```nginx\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
  if (blocks.length !== 1) throw new Error(`docs/two-nodes.md has ${blocks.length} blocks for nginx`)
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await Promise.all([Bun.write(cert, certificate.cert), Bun.write(key, certificate.key)])
  const changes: [from: string, to: string][] = [
    ['10.0.0.11:8000', `127.0.0.1:${ports.nodePorts[0]}`],
    ['10.0.0.12:8000', `127.0.0.1:${ports.nodePorts[1]}`],
    ['listen 80;', `listen 127.0.0.1:${ports.plainPort};`],
    ['listen 443 ssl http2;', `listen 127.0.0.1:${ports.port} ssl http2;`],
    ['/etc/ssl/honeyframe/fullchain.pem', cert],
    ['/etc/ssl/honeyframe/privkey.pem', key],
  ]
  return changes.reduce((text, [from, to]) => {
    if (text.split(from).length !== 2) throw new Error(`${from} does not stand once in docs/two-nodes.md`)
    return text.replace(from, to)
  }, blocks[0] ?? '')
}
