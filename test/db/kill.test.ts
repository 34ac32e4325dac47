import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { orgs } from '#core/tenancy/tables.ts'
import { openDatabase } from '#db/database.ts'
import { openTestDatabase } from '#test/support/database.ts'

const WRITES = 1_000

/** Runs the writer until it acknowledged `acksMin` writes, then kills it; answers all it had acknowledged. */
async function killAmid(url: string, acksMin: number): Promise<string[]> {
  const script = join(import.meta.dir, 'children/write.ts')
  const child = Bun.spawn([process.execPath, script, url, String(WRITES)], { stdout: 'pipe', stderr: 'inherit' })
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of child.stdout) {
    text += decoder.decode(bytes, { stream: true })
    if (text.split('\n').length > acksMin) child.kill('SIGKILL')
  }
  await child.exited
  expect(child.signalCode).toBe('SIGKILL')
  return text.slice(0, text.lastIndexOf('\n')).split('\n')
}

test('kill -9 amid 1,000 concurrent writes loses none that was acknowledged', async () => {
  for (const acksMin of [1, 100, 400]) {
    await using place = await openTestDatabase()
    const acknowledged = await killAmid(place.url, acksMin)
    expect(acknowledged.length).toBeGreaterThanOrEqual(acksMin)
    expect(acknowledged.length).toBeLessThan(WRITES)
    await using after = await openDatabase({ url: place.url, poolMax: 1 })
    const rows = await after.select({ slug: orgs.slug }).from(orgs)
    const present = new Set(rows.map(({ slug }) => slug))
    expect(acknowledged.filter((slug) => !present.has(slug))).toEqual([])
  }
}, 60_000)
