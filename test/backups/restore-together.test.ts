import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { groups } from '#core/access/tables.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { usageEvents } from '#core/usage/tables.ts'
import { lockRow } from '#db/database.ts'
import { restoreOrg } from '#platform/backups/restore.ts'
import { addEvents } from './content.ts'
import { AT, backUp, differences, everyRow, openLife } from './org-life.ts'

const EVENTS = 20_000

test('another org writes and reads all through a restore, and nothing of it fails or is lost', async () => {
  await using life = await openLife()
  const { app, ctx, acme, beta, ada } = life
  await ctx.db.delete(usageEvents).where(eq(usageEvents.orgId, acme))
  await addEvents(app.database.url, acme, EVENTS)
  const file = await backUp(life, acme)
  await ctx.db.delete(usageEvents).where(eq(usageEvents.orgId, acme))
  const seen = new Set<string>()
  let isOver = false
  let [written, read, step] = [0, 0, 'none']

  async function write() {
    while (!isOver) {
      const name = `Group ${written++}`
      await ctx.db.transaction(async (tx) => {
        await lockRow(tx, orgs, beta)
        await tx.insert(groups).values({ orgId: beta, name, nameKey: name, createdAt: AT })
      })
      await ctx.db.insert(usageEvents).values({ orgId: beta, kind: 'dbt.run', outcome: 'ok', at: AT })
      seen.add(step)
      // SQLite answers within the turn: nobody else would get one.
      await Bun.sleep(1)
    }
  }

  async function look() {
    while (!isOver) {
      expect((await app.fetch('/api/me', { headers: ada.bearer })).status).toBe(200)
      read++
      await Bun.sleep(5)
    }
  }

  const restored = restoreOrg(ctx, { orgId: acme }, { file, onStep: (now) => (step = now) }).finally(() => {
    isOver = true
  })
  await Promise.all([restored, write(), look()])
  expect(await ctx.db.$count(usageEvents, eq(usageEvents.orgId, acme))).toBe(EVENTS)
  expect(await ctx.db.$count(usageEvents, eq(usageEvents.orgId, beta))).toBe(written)
  expect(await ctx.db.$count(groups, eq(groups.orgId, beta))).toBe(written + 1)
  expect(written).toBeGreaterThan(3)
  expect(read).toBeGreaterThan(3)
  expect([...seen]).toContain('loading')
}, 60_000)

test('the org itself may go on writing: a restore ends, and every row is whole', async () => {
  await using life = await openLife()
  const { ctx, acme } = life
  const file = await backUp(life, acme)
  let isOver = false
  const write = async () => {
    for (let n = 0; !isOver; n++) {
      const values = { orgId: acme, name: `Late ${n}`, nameKey: `late ${n}`, createdAt: AT }
      await ctx.db.insert(groups).values(values)
      await Bun.sleep(2)
    }
  }
  const restored = restoreOrg(ctx, { orgId: acme }, { file }).finally(() => {
    isOver = true
  })
  await Promise.all([restored, write()])
  const [first] = await ctx.db.select().from(groups).where(eq(groups.orgId, acme)).orderBy(groups.id)
  expect(first?.id).toBe(life.groupId)
}, 60_000)

test('restores of two orgs at a time both come to their end', async () => {
  await using life = await openLife()
  const { ctx, acme, beta } = life
  const files = [await backUp(life, acme), await backUp(life, beta)] as const
  const before = await everyRow(life)
  await ctx.db.delete(groups)
  await Promise.all([
    restoreOrg(ctx, { orgId: acme }, { file: files[0] }),
    restoreOrg(ctx, { orgId: beta }, { file: files[1] }),
  ])
  const after = differences(before, await everyRow(life))
  expect(after.filter((line) => !line.startsWith('jobs '))).toEqual([])
}, 60_000)

test('a restore that is stopped changes nothing, whenever that is', async () => {
  await using life = await openLife()
  const { ctx, acme } = life
  const file = await backUp(life, acme)
  await ctx.db.delete(groups).where(eq(groups.orgId, acme))
  const before = await everyRow(life)
  for (const moment of ['loading', 'swapping', 'before']) {
    const stop = new AbortController()
    const end = () => stop.abort(new Error('stopped'))
    const options = {
      ...{ file, signal: stop.signal },
      onStep: (step: string) => step === moment && end(),
      beforeSwap: async () => void (moment === 'before' && end()),
    }
    await expect(restoreOrg(ctx, { orgId: acme }, options)).rejects.toThrow('stopped')
    expect(differences(before, await everyRow(life))).toEqual([])
  }
}, 60_000)
