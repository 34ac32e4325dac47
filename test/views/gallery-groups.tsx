import { PERMISSIONS, targetKindOf, wordsOf } from '#core/access/permissions.ts'
import { GroupContent, type GroupProps } from '#views/groups/group-page.tsx'
import type { GroupRowProps } from '#views/groups/group-row.tsx'
import { GroupsContent, type GroupsProps } from '#views/groups/groups-page.tsx'
import { hoursFromNow, NOW, type Say } from './gallery-data.tsx'

type Shown = Readonly<{ content: JSX.Element }>

const CATALOGUE = PERMISSIONS.map((permission) => ({
  permission,
  words: wordsOf(permission),
  targetKind: targetKindOf(permission),
}))

function rowsOf(say: Say): GroupRowProps[] {
  const row = { memberCount: 3, permissions: new Set(PERMISSIONS.slice(2, 5)), limited: [], canRename: true }
  const limited = [
    { permission: 'group.edit', target: 'group:1', words: say('Change the name and people of Sales') },
    { permission: 'group.edit', target: 'group:2', words: say(`Change the name and people of ${'n'.repeat(90)}`) },
  ] as const
  return [
    { ...row, groupId: 1, name: say('Sales') },
    { ...row, groupId: 2, name: say('n'.repeat(90)), memberCount: 1, permissions: new Set(['org.admin']), limited },
    { ...row, groupId: 3, name: say('Auditors'), memberCount: 0, permissions: new Set(), canRename: false },
  ]
}

function groups(say: Say, more: Partial<GroupsProps> = {}): GroupsProps {
  const rows = rowsOf(say)
  return {
    catalogue: CATALOGUE,
    state: { q: '' },
    canEdit: true,
    hasMenus: true,
    held: new Set(PERMISSIONS),
    orgName: say('Acme Analytics'),
    rows,
    all: rows.map(({ groupId, name }) => ({ id: groupId, name })),
    found: rows.length,
    nextCursor: undefined,
    ...more,
  }
}

function group(say: Say, more: Partial<GroupProps> = {}): GroupProps {
  const member = { userId: 1, name: say('Ada'), email: say('ada@acme.test'), role: 'admin', isActive: true } as const
  return {
    groupId: 1,
    name: say('Sales'),
    given: [wordsOf('member.read'), say('Change the name and people of Sales')],
    members: [
      { ...member, addedAt: hoursFromNow(-2) },
      { ...member, userId: 2, name: '', email: say(`${'long.'.repeat(12)}@acme.test`), addedAt: hoursFromNow(-300) },
      { ...member, userId: 3, isActive: false, role: 'viewer', addedAt: hoursFromNow(-900) },
    ],
    q: '',
    nextCursor: undefined,
    canEdit: true,
    missing: undefined,
    candidates: [{ email: say('rin@acme.test'), name: say('Rin') }],
    now: NOW,
    ...more,
  }
}

export function groupsPages(say: Say): Record<string, Shown> {
  const faults = { permission: say('There is no such permission.'), target: say('It cannot be limited.') }
  const grantDraft = { group: '2', permission: say('member.rule'), target: 'group:1', faults }
  const paged = { state: { q: say('s'), cursor: say('abc') }, found: 31, nextCursor: say('xyz') }
  return {
    groups: { content: <GroupsContent {...groups(say, { ...paged, grantDraft })} /> },
    'groups-partly': { content: <GroupsContent {...groups(say, { held: new Set(PERMISSIONS.slice(2, 6)) })} /> },
    'groups-read-only': {
      content: <GroupsContent {...groups(say, { canEdit: false, hasMenus: false, held: new Set() })} />,
    },
    'groups-refused': {
      content: (
        <GroupsContent
          {...groups(say, { draft: { name: say('Sales'), faults: { name: say('There is a group of this name.') } } })}
        />
      ),
    },
    'groups-none': { content: <GroupsContent {...groups(say, { rows: [], all: [], found: 0 })} /> },
    'groups-not-found': {
      content: <GroupsContent {...groups(say, { rows: [], found: 0, state: { q: say('zebra') } })} />,
    },
    ...groupStates(say),
  }
}

function groupStates(say: Say): Record<string, Shown> {
  const draft = { person: say('Grace'), fault: say('Several members bear this name: type the e-mail.') }
  const missing = wordsOf('org.admin')
  return {
    group: { content: <GroupContent {...group(say, { draft, cursor: say('abc'), nextCursor: say('xyz') })} /> },
    'group-beyond': { content: <GroupContent {...group(say, { missing })} /> },
    'group-read-only': { content: <GroupContent {...group(say, { canEdit: false })} /> },
    'group-empty': { content: <GroupContent {...group(say, { members: [], given: [] })} /> },
    'group-not-found': { content: <GroupContent {...group(say, { members: [], q: say('zebra') })} /> },
  }
}
