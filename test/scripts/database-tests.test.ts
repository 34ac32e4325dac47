import { expect, test } from 'bun:test'
import { databaseTests } from '#scripts/database-tests.ts'

test('a test file may come to a database by what it imports, however far away, or by a process that it starts', async () => {
  const may = [
    'test/members/member.test.ts',
    'test/sweeps/tenants.test.ts',
    'test/cli/serve.test.ts',
    'test/lib/exec.test.ts',
  ]
  const cannot = ['test/lib/color.test.ts', 'test/views/inert.test.ts', 'test/views/parts.test.tsx']
  expect(await databaseTests([...cannot, ...may])).toEqual(may)
})
