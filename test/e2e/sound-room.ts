import { expect } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openBackup } from '#platform/backups/reading.ts'
import { type Install, rowsOf, type Server } from './killable.ts'
import { until } from './moments.ts'

const LOOK_MS = 30

/** Acme's complete backups are whole and in their place, and beside them there is nothing. */
export async function expectSoundRoom(install: Install): Promise<void> {
  const folder = join(install.dataDir, '_backups/acme')
  const complete = rowsOf(install, `select name, sha256 from backups where state = 'complete'`)
  expect((await readdir(folder)).toSorted()).toEqual(complete.map(({ name }) => String(name)).toSorted())
  for (const { name, sha256 } of complete) {
    const path = join(folder, String(name))
    expect(new Bun.CryptoHasher('sha256').update(await Bun.file(path).bytes()).digest('hex')).toBe(String(sha256))
    await using backup = await openBackup(path)
    for await (const { content } of backup.entries) for await (const _ of content);
  }
}

/** What is at a path of the API once it runs no more. */
export async function ended({ call }: Server, path: string) {
  let body: Record<string, unknown> = {}
  await until(
    async () => {
      body = (await call('GET', path)).body
      return body.status !== 'running'
    },
    'its end',
    LOOK_MS,
  )
  return body
}
