import { expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { copyOf, rowsOf, settle } from './killable.ts'
import { isSwapping, stopAt } from './moments.ts'
import { expectSoundRoom } from './sound-room.ts'

setDefaultTimeout(120_000)

test('beside a restore on SQLite that another process has in its transaction, a server answers, and its writes wait', async () => {
  await using settled = await settle({ isSpoilt: true })
  await using install = await copyOf(settled)
  const { call, origin } = await install.serve()
  const file = join(install.dataDir, '_backups/acme', settled.backup.name)
  const restore = install.run(['restore', file, '--org', 'acme', '--confirm', 'RESTORE acme'])
  // It stands still in the middle, for as long as it is looked at.
  expect(await stopAt(restore, () => isSwapping(install))).toBe(true)
  const states: string[] = []
  const write = call('POST', '/api/groups', { name: 'Late crew' }).then((answer) => {
    states.push('written')
    return answer
  })
  for (let times = 1; times <= 3; times++) {
    expect((await fetch(`${origin}/api/health`)).status).toBe(200)
    expect(await call('GET', '/api/me')).toMatchObject({ status: 200, body: { email: 'ada@example.com' } })
    expect((await call('GET', '/api/groups')).status).toBe(200)
    states.push('read')
  }
  expect(states).toEqual(['read', 'read', 'read'])
  restore.kill('SIGCONT')
  expect(await restore.ended()).toBe(0)
  expect((await write).status).toBe(201)
  const groups = rowsOf(install, `select name from groups where org_id = ${settled.acme} order by id`)
  expect(groups).toMatchObject([{ name: expect.stringContaining('crew') }, { name: 'Late crew' }])
  const { usage_events: events } = (await install.sums()).acme
  expect(events).toBe(settled.backup.sums.usage_events ?? '')
  await expectSoundRoom(install)
})
