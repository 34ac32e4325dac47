import { Type } from '@sinclair/typebox'
import { PERMISSIONS } from '#core/access/permissions.ts'
import { ROLES } from '#core/access/roles.ts'
import { describe } from '#http/describe.ts'
import { Id, pageOf, Time } from '#http/schemas.ts'

const TAG = 'Groups'
const PermissionName = Type.Union(PERMISSIONS.map((permission) => Type.Literal(permission)))
const Target = Type.Union([Type.String(), Type.Null()], {
  description: '`group:5` when it is limited to that group; null for the whole organization.',
})
const GrantObject = Type.Object({ permission: PermissionName, target: Target })
const GroupObject = Type.Object({
  id: Id,
  name: Type.String(),
  member_count: Type.Integer({ minimum: 0 }),
  permissions: Type.Array(GrantObject, { description: 'In the order of giving.' }),
  created_at: Time,
})
const MemberObject = Type.Object({
  user_id: Id,
  email: Type.String(),
  name: Type.String(),
  role: Type.Union(ROLES.map((role) => Type.Literal(role))),
  is_active: Type.Boolean({ description: 'False while the account is deactivated.' }),
  added_at: Time,
})
const Source = Type.Union([
  Type.Object({ kind: Type.Literal('role'), name: Type.String() }),
  Type.Object({ kind: Type.Literal('group'), id: Id, name: Type.String() }),
])
const OwnObject = Type.Object({
  items: Type.Array(Type.Object({ permission: PermissionName, target: Target, from: Type.Array(Source) })),
})
const CatalogueObject = Type.Object({
  items: Type.Array(
    Type.Object({
      permission: PermissionName,
      words: Type.String({ description: 'What it lets its holder do.' }),
      target_kind: Type.Union([Type.String(), Type.Null()], {
        description: 'What it can be limited to one of; null when it is for the whole organization only.',
      }),
    }),
  ),
})

const EXAMPLE = {
  id: 5,
  name: 'Data team',
  member_count: 3,
  permissions: [
    { permission: 'member.read', target: null },
    { permission: 'group.edit', target: 'group:5' },
  ],
  created_at: '2026-01-31T09:00:00.000Z',
}
const MEMBER_EXAMPLE = {
  user_id: 2,
  email: 'grace@example.com',
  name: 'Grace Hopper',
  role: 'designer',
  is_active: true,
  added_at: '2026-02-02T16:20:00.000Z',
}
const BEYOND = 'Nobody gives or takes what he does not hold himself (`permission_denied` names it).'
const TARGETED = 'With `target` it is for that one group only, where the permission can be limited (`group.edit`).'
const GRANT_ERRORS = { 404: ['not_found'], 422: ['unknown_permission', 'invalid_target'] }

export const LIST = describe({
  tag: TAG,
  summary: 'List the groups',
  answers: {
    200: {
      description: 'Newest first.',
      schema: pageOf(GroupObject),
      example: { items: [EXAMPLE], next_cursor: null },
    },
  },
  errors: { 422: ['invalid_query'] },
})

export const CREATE = describe({
  tag: TAG,
  summary: 'Make a group',
  description: 'Without members and permissions. Names are told apart without regard to case.',
  answers: { 201: { description: 'Made.', schema: GroupObject, example: { ...EXAMPLE, permissions: [] } } },
  errors: { 409: ['group_exists', 'too_many_groups'], 422: ['invalid_name'] },
  requestExample: { name: 'Data team' },
})

export const RENAME = describe({
  tag: TAG,
  summary: 'Rename a group',
  answers: { 200: { description: 'The group.', schema: GroupObject, example: EXAMPLE } },
  errors: { 404: ['not_found'], 409: ['group_exists'], 422: ['invalid_name'] },
  requestExample: { name: 'Data team' },
})

export const DELETE = describe({
  tag: TAG,
  summary: 'Delete a group',
  description: `Its members lose what it gave, and other groups what they could do with it. ${BEYOND}`,
  answers: { 204: { description: 'Deleted.' } },
  errors: { 404: ['not_found'], 409: ['last_admin'] },
})

export const LIST_MEMBERS = describe({
  tag: TAG,
  summary: 'List the people in a group',
  answers: {
    200: {
      description: 'The latest to be added first.',
      schema: pageOf(MemberObject),
      example: { items: [MEMBER_EXAMPLE], next_cursor: null },
    },
  },
  errors: { 404: ['not_found'], 422: ['invalid_query'] },
})

export const ADD_MEMBER = describe({
  tag: TAG,
  summary: 'Add a member to a group',
  description: `It counts from the person's next request on; again, it changes nothing. ${BEYOND}`,
  answers: { 200: { description: 'In the group.', schema: MemberObject, example: MEMBER_EXAMPLE } },
  errors: { 404: ['not_found'] },
})

export const REMOVE_MEMBER = describe({
  tag: TAG,
  summary: 'Take a member out of a group',
  description: `It counts from the person's next request on; again, it changes nothing. ${BEYOND}`,
  answers: { 204: { description: 'Not in the group.' } },
  errors: { 404: ['not_found'], 409: ['last_admin'] },
})

export const GRANT = describe({
  tag: TAG,
  summary: 'Give a group a permission',
  description: `${TARGETED} Again, it changes nothing. ${BEYOND}`,
  answers: { 200: { description: 'The group.', schema: GroupObject, example: EXAMPLE } },
  errors: { ...GRANT_ERRORS, 409: ['too_many_grants'] },
})

export const REVOKE = describe({
  tag: TAG,
  summary: 'Take a permission from a group',
  description: `${TARGETED} Again, it changes nothing. ${BEYOND}`,
  answers: { 204: { description: 'Taken.' } },
  errors: { ...GRANT_ERRORS, 409: ['last_admin'] },
})

export const CATALOGUE = describe({
  tag: TAG,
  summary: 'List what can be permitted',
  answers: {
    200: {
      description: 'Every permission there is.',
      schema: CatalogueObject,
      example: {
        items: [
          { permission: 'member.read', words: 'See members and invitations', target_kind: null },
          { permission: 'group.edit', words: 'Change groups, their members and permissions', target_kind: 'group' },
        ],
      },
    },
  },
})

export const OWN = describe({
  tag: TAG,
  summary: 'List your own permissions',
  description: 'Each with where it comes from: your role, your groups. `org.admin` of a group is all of them.',
  answers: {
    200: {
      description: 'Those for the whole organization first.',
      schema: OwnObject,
      example: {
        items: [{ permission: 'member.read', target: null, from: [{ kind: 'group', id: 5, name: 'Data team' }] }],
      },
    },
  },
  errors: { 403: ['no_org'] },
})
