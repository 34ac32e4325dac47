import { parseArguments } from '#cli/arguments.ts'
import { announceFirstBoot } from '#cli/first-boot.ts'
import { build } from '#config/build.ts'
import { decideConfig } from '#config/config.ts'
import { environment } from '#config/environment.ts'
import { loadSecrets } from '#config/secrets.ts'
import { type Context, createContext } from '#core/context.ts'
import { createBearer } from '#http/bearer.ts'
import { JSON_BYTES_MAX } from '#http/body.ts'
import { startScheduler } from '#jobs/schedule.ts'
import { startWorkers } from '#jobs/workers.ts'
import { addMs } from '#lib/clock.ts'
import { recordDeployment } from '#platform/health/deployment.ts'
import { createPlatform, platformJobs, platformSchedules } from '#platform/platform.ts'

const STOP_WAIT_MS = 9_000
const STOP_POLL_MS = 20
/** Far above our own limits: Bun's answer at this one has no body. Ours is given before a body is read. */
const BODY_BYTES_MAX = 64 * JSON_BYTES_MAX
/** How long an answer may take: a resend of many invitations works for up to 45 s. Bun would hang up after 10. */
const ANSWER_SECONDS_MAX = 60

export const serveHelp = `Usage: honeyframe serve

Runs the platform in the foreground: pages, API, jobs and schedules. Settings come from the environment; docs/operating.md
lists them. SIGTERM and SIGINT stop it within 10 seconds: requests under way are answered, jobs under way are handed on.`

/** The operator. Serves until a signal. Throws `ConfigError` and `AppError` with one sentence when it must not start. */
export async function serveCommand(argv: string[]): Promise<number> {
  parseArguments({ args: argv, options: {} })
  const config = decideConfig(environment)
  const secrets = await loadSecrets(environment, config)
  await using ctx = await createContext(config, secrets)
  const bearer = createBearer(config, secrets, ctx.clock, ctx.random)
  const { answer } = createPlatform(ctx, bearer, secrets)
  // Before anyone can ask: whoever sees the address answer also finds the setup link.
  await announceFirstBoot(ctx, secrets)
  await recordDeployment(ctx)
  await using server = listen(ctx, answer)
  await using _scheduler = startScheduler(ctx, platformSchedules)
  await using _worker = startWorkers(ctx, platformJobs)
  const { port } = server
  ctx.log.info('listening', { host: config.host, port, version: build.version, public_url: config.publicUrl })
  const signal = await stopSignal()
  ctx.log.info('stopping', { signal })
  // Begun here and awaited at the end of the scope, so that requests and jobs are waited for at the same time.
  void server.stop()
  return 0
}

function listen(ctx: Context, answer: (request: Request, peer: string) => Promise<Response>) {
  const server = Bun.serve({
    hostname: ctx.config.host,
    port: ctx.config.port,
    maxRequestBodySize: BODY_BYTES_MAX,
    idleTimeout: ANSWER_SECONDS_MAX,
    development: false,
    fetch: (request, socket) => answer(request, socket.requestIP(request)?.address ?? ''),
  })
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= stopServer(ctx, server))
  return { port: server.port, stop, [Symbol.asyncDispose]: stop }
}

/**
 * Takes no new connection, waits for the answers under way, then closes what is left. `server.stop()` alone would also wait
 * for the connections that browsers keep open without asking for anything.
 */
async function stopServer(ctx: Context, server: Bun.Server<undefined>): Promise<void> {
  void server.stop()
  const end = addMs(ctx.clock.now(), STOP_WAIT_MS)
  while (server.pendingRequests > 0 && ctx.clock.now() < end) await ctx.clock.sleep(STOP_POLL_MS)
  await server.stop(true)
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve('SIGTERM'))
    process.once('SIGINT', () => resolve('SIGINT'))
  })
}
