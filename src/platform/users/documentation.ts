import { Type } from '@sinclair/typebox'
import { describe } from '#http/describe.ts'
import { pageOf, Time } from '#http/schemas.ts'
import { UserObject } from './schemas.ts'

const TAG = 'Users'
const EXAMPLE = {
  id: 2,
  email: 'grace@example.com',
  name: 'Grace Hopper',
  state: 'active',
  is_active: true,
  is_superadmin: false,
  must_reset_password: false,
  password_expires_at: null,
  last_sign_in_at: '2026-02-02T16:20:00.000Z',
  created_at: '2026-01-31T09:00:00.000Z',
  orgs: [{ id: 1, slug: 'acme', name: 'Acme', role: 'designer' }],
  can_manage: true,
  obstacle: null,
}

/** Of both writes: who it is, and why he is not yours to manage. */
const REFUSALS = { 403: ['is_superadmin', 'belongs_elsewhere'], 404: ['not_found'] }

export const LIST = describe({
  tag: TAG,
  summary: 'List the accounts',
  answers: {
    200: {
      description: 'The newest first.',
      schema: pageOf(UserObject),
      example: { items: [EXAMPLE], next_cursor: null },
    },
  },
  errors: { 403: ['superadmin_only'], 422: ['invalid_query'] },
})

export const CHANGE = describe({
  tag: TAG,
  summary: 'Rename, deactivate or activate an account',
  description:
    'Deactivating ends the sessions of the account, revokes its access tokens and voids its reset links. Activating brings none of them back.',
  answers: { 200: { description: 'The account.', schema: UserObject, example: EXAMPLE } },
  errors: { ...REFUSALS, 409: ['self', 'last_admin', 'license_user_limit'], 422: ['invalid_name'] },
  requestExample: { name: 'Grace Hopper', is_active: true },
})

export const RESET = describe({
  tag: TAG,
  summary: 'Give an account a temporary password',
  description:
    'It works for 24 hours, and the first thing to do with it is to choose another. It is mailed; without a mail server it is in this answer, and never again. At most 3 an hour and account.',
  answers: {
    200: {
      description: 'The old password, the sessions and the reset links no longer work.',
      schema: Type.Object({
        mailed: Type.Boolean(),
        temporary_password: Type.Optional(Type.String({ description: 'Only when it is not mailed. Shown here once.' })),
        expires_at: Time,
      }),
      example: { mailed: true, expires_at: '2026-02-03T16:20:00.000Z' },
    },
  },
  errors: { ...REFUSALS, 409: ['self', 'deactivated'], 429: ['too_many_resets'] },
})
