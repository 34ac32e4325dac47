import { Database as Connection } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { userOrgs } from '#core/tenancy/tables.ts'
import { engine } from '#db/columns.ts'
import { pathOf } from '#db/sqlite.ts'
import { call, openOrg } from '#test/invites/arrange.ts'
import { eventually } from '#test/jobs/context.ts'

test.if(engine === 'sqlite')(
  'whoever reads is answered while another process writes, and counts as active once it is done',
  async () => {
    await using org = await openOrg()
    const { app, admin } = org
    using other = new Connection(pathOf(app.database.url))
    other.run('BEGIN IMMEDIATE')
    const before = app.statements.length
    for (let times = 1; times <= 2; times++) expect((await call(app, 'GET', '/api/me', admin)).status).toBe(200)
    expect(app.statements.slice(before).filter((sql) => /^update/i.test(sql))).toHaveLength(1)
    expect(await lastActiveAt()).toBeNull()
    other.run('ROLLBACK')
    await eventually(async () => (await lastActiveAt()) !== null)

    async function lastActiveAt() {
      const [row] = await app.ctx.db.select().from(userOrgs).where(eq(userOrgs.userId, admin.userId))
      return row?.lastActiveAt
    }
  },
)
