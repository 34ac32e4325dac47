import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '#core/context.ts'

const PRIVATE_FOLDER = 0o700
/** What a backup is called while it is written: nobody takes it for one, and whoever comes next sweeps it away. */
const PART = '.part'

type Place = Pick<Context, 'config'>

/** `DATA_DIR/_backups/<slug>/<name>`. Both parts are made by us: a slug holds no slash, a name only digits. */
export function pathOf({ config }: Place, slug: string, name: string): string {
  return join(config.dataDir, '_backups', slug, name)
}

/** Makes the folder of an org's backups, which only the program's own user may enter. */
export async function makeFolder(ctx: Place, slug: string): Promise<void> {
  const folder = pathOf(ctx, slug, '')
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER })
  await chmod(join(folder, '..'), PRIVATE_FOLDER)
  await chmod(folder, PRIVATE_FOLDER)
}

/** Where a backup is written until it is whole: another file for each attempt, so that a lost one touches nobody's. */
export function partOf(ctx: Place, slug: string, name: string, attempt: string): string {
  return pathOf(ctx, slug, `.${name}.${attempt}${PART}`)
}

/** Removes what attempts at this backup left behind. */
export async function removeParts(ctx: Place, slug: string, name: string): Promise<void> {
  const files = await readdir(pathOf(ctx, slug, '')).catch(() => [])
  const left = files.filter((file) => file.startsWith(`.${name}.`) && file.endsWith(PART))
  for (const file of left) await rm(pathOf(ctx, slug, file), { force: true })
}

/** Whether the file of a backup is where it should be. */
export async function isOnDisk(ctx: Place, slug: string, name: string): Promise<boolean> {
  return await stat(pathOf(ctx, slug, name)).then(
    (found) => found.isFile(),
    () => false,
  )
}
