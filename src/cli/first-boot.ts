import type { Secrets } from '#config/secrets.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { randomFraction } from '#lib/random.ts'
import { dropLink, keepLink } from '#platform/setup/link-file.ts'
import {
  createFirstAdmin,
  isFirstBoot,
  isSetupLinkLive,
  issueSetupLink,
  SETUP_LINK_MINUTES,
} from '#platform/setup/setup.ts'

const RETRY_MS = 100

/**
 * On an empty database: makes the admin that `ADMIN_EMAIL` and `ADMIN_PASSWORD` name, else shows a one-time setup link in the
 * log, and keeps it in `DATA_DIR/setup-link` (mode 0600) for the installer until the first admin exists.
 */
export async function announceFirstBoot(ctx: Context, secrets: Secrets): Promise<void> {
  await dropLink(ctx)
  if (!(await isFirstBoot(ctx))) return
  const { adminEmail, firstOrg } = ctx.config
  if (adminEmail !== undefined && secrets.adminPassword !== undefined) {
    await createNamedAdmin(ctx, { email: adminEmail, password: secrets.adminPassword, firstOrg })
    return
  }
  const setupUrl = await issueAndKeep(ctx)
  if (setupUrl === undefined) return
  if (process.stdout.isTTY)
    process.stdout.write(`\nMake the first admin within ${SETUP_LINK_MINUTES} minutes:\n\n  ${setupUrl}\n\n`)
  ctx.log.info(`open this link within ${SETUP_LINK_MINUTES} minutes to make the first admin`, { setup_url: setupUrl })
}

/**
 * Of nodes that start at once each kills the other's link, and the file may end with a dead one: who finds his own dead tries
 * again, after a wait of random length so that they do not keep step.
 */
async function issueAndKeep(ctx: Context): Promise<string | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const link = await issueSetupLink(ctx)
    if (link === undefined) return await dropLink(ctx).then(() => undefined)
    await keepLink(ctx, link.url)
    if (await isSetupLinkLive(ctx, link.token)) return link.url
    await ctx.clock.sleep(randomFraction(ctx.random) * attempt * RETRY_MS)
  }
}

type Named = { email: string; password: string; firstOrg: { slug: string; name: string } }

async function createNamedAdmin(ctx: Context, { email, password, firstOrg }: Named): Promise<void> {
  const name = email.split('@')[0] ?? email
  try {
    await createFirstAdmin(ctx, { email, name, password, orgSlug: firstOrg.slug, orgName: firstOrg.name })
    ctx.log.info('the first admin was made from ADMIN_EMAIL', { email })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.kind === 'conflict' || error.kind === 'gone') return
    throw new AppError(
      error.kind,
      error.code,
      `ADMIN_EMAIL, ADMIN_PASSWORD or ORG_SLUG cannot be used: ${error.message}`,
    )
  }
}
