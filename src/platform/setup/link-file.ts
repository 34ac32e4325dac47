import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '#core/context.ts'

const LINK_FILE = 'setup-link'

/** Keeps the setup link in `DATA_DIR/setup-link` (mode 0600), where the installer finds it; whole or not at all. */
export async function keepLink(ctx: Context, url: string): Promise<void> {
  const aside = `${pathOf(ctx)}.${ctx.random.uuid()}`
  await writeFile(aside, `${url}\n`, { mode: 0o600, flag: 'wx' })
  await rename(aside, pathOf(ctx))
}

/** The link is used or no longer wanted. */
export async function dropLink(ctx: Context): Promise<void> {
  await rm(pathOf(ctx), { force: true })
}

function pathOf(ctx: Context): string {
  return join(ctx.config.dataDir, LINK_FILE)
}
