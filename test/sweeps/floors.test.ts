import { describe, expect, test } from 'bun:test'
import { floorFaults } from './floors.ts'
import { importsOf, sourceFiles } from './source.ts'

describe('the floors of the house', () => {
  test('every import goes down the stairs, by its address, through the right door', async () => {
    const files = await sourceFiles('src', 'views', 'migrations', 'scripts', 'test')
    expect(files.length).toBeGreaterThan(100)
    expect(files.flatMap(floorFaults)).toEqual([])
  })

  const planted: [fault: string, path: string, text: string][] = [
    ['a lower floor looks up', 'src/lib/token.ts', `import { openDatabase } from '#db/database.ts'`],
    ['a type from above is still a look up', 'src/db/database.ts', `import type { Context } from '#core/context.ts'`],
    ['floors side by side', 'src/db/database.ts', `import { renderUnit } from '#host/systemd.ts'`],
    ['core looks into a room', 'src/core/context.ts', `import { invite } from '#platform/members/invite.ts'`],
    ['a lazy look up', 'src/jobs/worker.ts', `const late = await import('#http/gate.ts')`],
    ['a re-export from above', 'src/config/config.ts', `export { main } from '#cli/serve.ts'`],
    ['another folder without its address', 'src/http/gate.ts', `import { AppError } from '../core/errors.ts'`],
    ['an address without extension', 'src/http/gate.ts', `import { createLog } from '#lib/log'`],
    ['an address that does not exist', 'src/http/gate.ts', `import { x } from '#nowhere/x.ts'`],
    ['tests in the program', 'src/http/gate.ts', `import { app } from '#test/support/app.ts'`],
    ['scripts in the program', 'src/http/gate.ts', `import { build } from '#scripts/build.ts'`],
    ['Elysia in a noun', 'src/platform/members/invite.ts', `import { status } from 'elysia'`],
    ['an Elysia plugin in core', 'src/core/access/person.ts', `import type { JWT } from '@elysiajs/jwt'`],
    ['a noun that knows HTTP', 'src/platform/members/invite.ts', `import { gate } from '#http/gate.ts'`],
    ['a noun that renders', 'src/platform/members/invite.ts', `import { Row } from '#views/members/row.tsx'`],
    ['a door that skips its noun', 'src/platform/members/api.ts', `import { invites } from './tables.ts'`],
    ['a door with a database', 'src/platform/members/pages.tsx', `import { lockRow } from '#db/database.ts'`],
    ['an API door that renders', 'src/platform/members/api.ts', `import { Row } from '#views/members/row.tsx'`],
    ['a noun that takes from its door', 'src/platform/members/invite.ts', `import { routes } from './api.ts'`],
    ['a strange door', 'src/platform/tokens/token.ts', `import { routes } from '#platform/members/api.ts'`],
    ['strange tables', 'src/platform/tokens/token.ts', `import { invites } from '#platform/members/tables.ts'`],
    ['tables that do things', 'src/platform/tokens/tables.ts', `import { hash } from '#lib/token.ts'`],
    ['a view with a value from src', 'views/members/row.tsx', `import { ROLES } from '#core/access/roles.ts'`],
    ['pages opened by a command', 'src/cli/serve.ts', `import { page } from '#views/layout.tsx'`],
  ]

  for (const [fault, path, text] of planted) {
    test(`${fault} is found`, () => {
      expect(floorFaults({ path, text })).not.toEqual([])
    })
  }

  const allowed: [path: string, text: string][] = [
    ['src/db/database.ts', `import { AppError } from '#core/errors.ts'`],
    ['src/core/mail/templates.ts', `import { Invite } from '#views/mail/invite.tsx'`],
    ['src/platform/platform.ts', `import { api } from '#platform/members/api.ts'`],
    ['src/platform/members/api.ts', `import { Elysia } from 'elysia'\nimport { invite } from './invite.ts'`],
    ['src/platform/members/invite-pages.tsx', `import { Row } from '#views/members/row.tsx'`],
    ['src/platform/members/api.ts', `import { documentation } from './documentation.ts'`],
    ['src/platform/members/tables.ts', `import { orgs } from '#core/tenancy/tables.ts'`],
    ['src/platform/tokens/token.ts', `import { findMember } from '#platform/members/member.ts'`],
    ['views/members/row.tsx', `import type { Role } from '#core/access/roles.ts'`],
    ['views/members/row.tsx', `import { relativeTime } from '#lib/format.ts'`],
  ]

  test('what the house allows is not called a fault', () => {
    expect(allowed.flatMap(([path, text]) => floorFaults({ path, text }))).toEqual([])
  })

  test('every way to take from another file is seen', () => {
    const text = `import a from './a.ts'\nexport * from './b.ts'\nconst c = import('./c.ts')\nimport './d.ts'`
    const seen = importsOf({ path: 'src/x.ts', text }).map((one) => [one.specifier, one.line])
    expect(seen.sort()).toEqual([
      ['./a.ts', 1],
      ['./b.ts', 2],
      ['./c.ts', 3],
      ['./d.ts', 4],
    ])
  })
})
