import { expect, test } from 'bun:test'
import { findMissing, requireMayGive } from '#core/access/giving.ts'
import { grantOf } from '#core/access/held.ts'
import {
  holds,
  isPermission,
  limitedTo,
  limitedWordsOf,
  PERMISSIONS,
  targetKindOf,
  wordsOf,
} from '#core/access/permissions.ts'
import { permissionsOf, ROLES, rightsOf } from '#core/access/roles.ts'
import type { Scope } from '#core/scope.ts'

const NO_PERMISSIONS = ['', 'member', 'member.', 'Member.read', 'member.read ', 'org.rule', 'toString', '__proto__']

function scopeWith(...grants: Parameters<typeof rightsOf>[1]): Scope {
  return { orgId: 1, actor: { kind: 'operator' }, ...rightsOf('designer', grants) }
}

test('the catalogue knows its own permissions and no other text', () => {
  expect(PERMISSIONS.every(isPermission)).toBe(true)
  expect(new Set(PERMISSIONS).size).toBe(PERMISSIONS.length)
  for (const text of NO_PERMISSIONS) expect([text, isPermission(text)]).toEqual([text, false])
  for (const permission of PERMISSIONS) expect(wordsOf(permission)).toMatch(/^[A-Z][^.!]+$/)
  expect(PERMISSIONS.filter((permission) => targetKindOf(permission) !== undefined)).toEqual(['group.edit'])
  expect(limitedWordsOf('group.edit', 'Sales')).toBe('Change the name and people of Sales')
  expect(limitedWordsOf('member.read', 'Sales')).toBe('See members and invitations: only Sales')
})

test('an admin holds everything by his role, and nobody else anything', () => {
  for (const role of ROLES) {
    expect([role, [...permissionsOf(role)]]).toEqual([role, role === 'admin' ? [...PERMISSIONS] : []])
  }
})

test('grants add to a role, and org.admin by a grant is everything', () => {
  const some = rightsOf('viewer', [{ permission: 'audit.read', target: undefined }])
  expect([[...some.permissions], some.limited.size]).toEqual([['audit.read'], 0])
  const all = rightsOf('viewer', [{ permission: 'org.admin', target: undefined }])
  expect([...all.permissions]).toEqual([...PERMISSIONS])
  expect([...permissionsOf('viewer')]).toEqual([])
})

test('a limited grant holds for its target only, also one of org.admin', () => {
  const rights = rightsOf('viewer', [
    { permission: 'group.edit', target: 'group:5' },
    { permission: 'org.admin', target: 'group:5' },
  ])
  expect([...rights.permissions]).toEqual([])
  expect(rights.limited).toEqual(new Set([limitedTo('group.edit', 'group:5'), limitedTo('org.admin', 'group:5')]))
  expect(holds(rights, 'group.edit', 'group:5')).toBe(true)
  expect(holds(rights, 'group.edit')).toBe(false)
  for (const target of ['group:55', 'group:05', 'group:', 'Group:5', '']) {
    expect([target, holds(rights, 'group.edit', target)]).toEqual([target, false])
  }
  expect(holds(rights, 'member.edit', 'group:5')).toBe(false)
  expect(holds(rightsOf('admin', []), 'group.edit', 'group:55')).toBe(true)
  expect(holds({}, 'group.edit', 'group:5')).toBe(false)
})

test('a stored permission that this version does not know is no grant', () => {
  expect(grantOf({ permission: 'rocket.launch', target: '' })).toEqual([])
  expect(grantOf({ permission: null, target: null })).toEqual([])
  expect(grantOf({ permission: 'member.read', target: '' })).toEqual([{ permission: 'member.read', target: undefined }])
  expect(grantOf({ permission: 'group.edit', target: 'group:5' })).toEqual([
    { permission: 'group.edit', target: 'group:5' },
  ])
})

test('nobody gives what he does not hold, and the first that is missing is named', () => {
  const scope = scopeWith(
    { permission: 'member.read', target: undefined },
    { permission: 'group.edit', target: 'group:5' },
  )
  expect(() => requireMayGive(scope, ['member.read'])).not.toThrow()
  expect(() => requireMayGive(scope, [])).not.toThrow()
  expect(() => requireMayGive(scope, [{ permission: 'group.edit', target: 'group:5' }])).not.toThrow()
  expect(findMissing(scope, ['member.read', 'member.edit', 'org.admin'])).toBe('member.edit')
  expect(findMissing(scope, [{ permission: 'group.edit', target: undefined }])).toBe('group.edit')
  expect(findMissing(scope, [{ permission: 'group.edit', target: 'group:6' }])).toBe('group.edit')
  expect(findMissing(scope, PERMISSIONS)).toBe('org.admin')
  const refusal = expect(() => requireMayGive(scope, ['member.read', 'audit.read']))
  refusal.toThrow(
    expect.objectContaining({ kind: 'forbidden', code: 'permission_denied', facts: { permission: 'audit.read' } }),
  )
})

test('all permissions one by one are not org.admin, which alone makes an admin', () => {
  const rest = PERMISSIONS.filter((permission) => permission !== 'org.admin')
  const scope = scopeWith(...rest.map((permission) => ({ permission, target: undefined })))
  expect(findMissing(scope, rest)).toBeUndefined()
  expect(findMissing(scope, permissionsOf('admin'))).toBe('org.admin')
  expect(findMissing(scopeWith({ permission: 'org.admin', target: undefined }), permissionsOf('admin'))).toBeUndefined()
})
