import { describe, expect, test } from 'bun:test'
import { scopeFaults, scopeMakers } from './scope-makers.ts'
import { sourceFiles } from './source.ts'

describe('a scope', () => {
  test('is made for a person in http, for a job in the worker, for the operator in cli, and nowhere else', async () => {
    const files = await sourceFiles('src')
    expect(files.length).toBeGreaterThan(100)
    expect(files.flatMap(scopeFaults)).toEqual([])
    expect(scopeMakers(files)).toEqual([
      ...['src/cli/license-document.ts', 'src/cli/operator-scope.ts'],
      ...['src/http/gate.ts', 'src/http/viewer.ts', 'src/jobs/worker.ts'],
    ])
  })

  const planted: [fault: string, path: string, text: string][] = [
    ['made in a noun', 'src/platform/members/member.ts', 'verb(ctx, { orgId, actor, permissions: new Set() })'],
    ['made in a door', 'src/platform/members/api.ts', `const s = { 'orgId': 1, actor, "permissions": all }`],
    ['made in another file of jobs', 'src/jobs/attempt.ts', 'const s = { orgId: row.orgId, actor, permissions }'],
    ['declared', 'src/core/tenancy/org.ts', 'const s: Scope = {}'],
    ['declared for a job', 'src/core/tenancy/org.ts', 'const s: JobScope = { ...base }'],
    ['declared at its end', 'src/core/tenancy/org.ts', 'run({ ...base } satisfies Scope)'],
    ['answered', 'src/core/tenancy/org.ts', 'function all(): Scope { return { ...base } }'],
    ['answered by an arrow', 'src/core/tenancy/org.ts', 'const all = (): Scope => ({ ...base })'],
    ['moved to another org', 'src/platform/members/member.ts', 'list(ctx, { ...scope, orgId: other })'],
    ['given more rights', 'src/platform/members/member.ts', 'list(ctx, { ...job.scope, permissions: all })'],
    ['put into other hands', 'src/platform/members/member.ts', 'list(ctx, { ...ownScope, actor: operator })'],
    ['taken from the hall', 'src/platform/members/api.ts', 'list(ctx, scopeOf(viewer, viewer.person.memberships[1]))'],
  ]
  for (const [fault, path, text] of planted) {
    test(`that is ${fault} is found`, () => {
      expect(scopeFaults({ path, text })).toHaveLength(1)
    })
  }

  const allowed: [path: string, text: string][] = [
    ['src/http/viewer.ts', 'function scopeOf(): Scope { return { ...self, orgId: 1, permissions } }'],
    ['src/jobs/worker.ts', 'const s: JobScope = { orgId, actor, permissions }'],
    ['src/cli/backup.ts', 'const s: Scope = { orgId, actor: operator, permissions }'],
    ['src/platform/members/invite.ts', `record(ctx, tx, { orgId, actor: { kind: 'job', jobId } }, 'x', {})`],
    ['src/platform/members/invite.ts', 'list(ctx, scope, { ...page, role })'],
    ['src/platform/members/invite.ts', 'const f = (scope: Scope): number => scope.orgId'],
    ['src/platform/account/api.ts', 'const me = { org, permissions }'],
  ]
  test('that is only passed on is no fault', () => {
    expect(allowed.flatMap(([path, text]) => scopeFaults({ path, text }))).toEqual([])
  })
})
