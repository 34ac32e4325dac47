import { JSON_BYTES_MAX } from '#http/body.ts'
import { PASSWORD } from '#test/support/app.ts'
import { PIXEL } from '#test/support/pictures.ts'
import type { Stage } from './contract-stage.ts'
import type { Json, Operation } from './documented.ts'
import { groupCases } from './group-cases.ts'
import { HEALTH_CASES } from './health-cases.ts'
import { GATE_CASES, LICENSE_CASES } from './license-cases.ts'
import { SMTP_CASES } from './smtp-cases.ts'
import { webhookCases } from './webhook-cases.ts'

export type Case = (stage: Stage, operation: Operation) => Promise<Response>

const NEW_PASSWORD = 'staple of a new kind'
const FAILURES = 10
const RESETS_PER_HOUR = 3
const REQUESTS_BEYOND_BURST = 40

/** How to bring about what many operations promise, by the end of the promise. */
export const STANDING: Readonly<Record<string, Case>> = {
  ...GATE_CASES,
  '400 invalid_org': ({ call, admin }, operation) =>
    call(operation, { headers: { ...admin.bearer, 'x-org-id': '1.5' } }),
  '400 org_mismatch': async ({ call, personOfTwoOrgs }, operation) => {
    const { bearer, slug, otherOrgId } = await personOfTwoOrgs()
    const host = `${slug}.app.honeyframe.io`
    return call(operation, { headers: { ...bearer, host, 'x-org-id': String(otherOrgId) } })
  },
  '400 unreadable_json': ({ call }, operation) => call(operation, { body: '{"a":' }),
  '401 unauthenticated': ({ call }, operation) => call(operation, { headers: {} }),
  '403 interactive_only': async ({ call, accessToken }, operation) => {
    const { token } = await accessToken()
    return call(operation, { headers: { authorization: `Bearer ${token}` } })
  },
  '403 no_org': async ({ call, personWithoutOrg }, operation) =>
    call(operation, { headers: (await personWithoutOrg()).bearer }),
  '403 not_a_member': ({ call, admin }, operation) =>
    call(operation, { headers: { ...admin.bearer, 'x-org-id': '424242' } }),
  '403 password_reset_required': async ({ call, change, admin }, operation) => {
    await change(admin.userId, { mustResetPassword: true })
    return call(operation)
  },
  '403 permission_denied': async ({ call, person }, operation) => call(operation, { headers: (await person()).bearer }),
  '403 superadmin_only': async ({ call, person }, operation) => call(operation, { headers: (await person()).bearer }),
  '404 not_found': ({ call, admin }, operation) =>
    operation.path.includes('{')
      ? call(operation, { id: 987_654 })
      : call(operation, { headers: { ...admin.bearer, host: 'nowhere.app.honeyframe.io' } }),
  '413 too_large': ({ call }, operation) => {
    const body = JSON.stringify('x'.repeat(JSON_BYTES_MAX))
    const length = { 'content-length': String(body.length) }
    return call(operation, { body, headers: length })
  },
  '422 invalid_body': ({ call }, operation) => call(operation, { body: '{"surplus":1}' }),
  '422 invalid_query': ({ call }, operation) =>
    call(operation, { query: operation.parameters.some(isInQuery) ? 'surplus=1' : 'x=%00' }),
  '429 rate_limited': async ({ call }, operation) => {
    const answers = await Promise.all(
      Array.from({ length: REQUESTS_BEYOND_BURST }, () =>
        call(operation, { headers: {}, body: undefinedFor(operation) }),
      ),
    )
    return answers.at(-1) ?? Response.error()
  },
}

/** How to bring about what one operation promises. Every promise is here or above, else the sweep fails. */
export const OWN: Readonly<Record<string, Case>> = {
  ...signIn(),
  ...passwords(),
  'POST /api/auth/logout 200': ({ call }, operation) => call(operation),
  'POST /api/auth/sign-out-everywhere 200': ({ call }, operation) => call(operation),
  'GET /api/auth/tokens 200': async ({ call, accessToken }, operation) => {
    await accessToken()
    return call(operation)
  },
  'POST /api/me/tour 200': ({ call }, operation) => call(operation),
  'POST /api/me/tour 422 unknown_step': ({ call }, operation) => call(operation, { body: '{"step":"nowhere"}' }),
  'POST /api/auth/tokens 201': ({ call }, operation) => call(operation),
  'POST /api/auth/tokens 422 invalid_name': ({ call }, operation) => call(operation, { body: '{"name":" "}' }),
  'DELETE /api/auth/tokens/{id} 204': async ({ call, accessToken }, operation) =>
    call(operation, { id: (await accessToken()).id }),
  'GET /api/health 200': ({ call }, operation) => call(operation),
  'GET /api/version 200': ({ call }, operation) => call(operation),
  ...HEALTH_CASES,
  'GET /api/me 200': ({ call }, operation) => call(operation),
  'PATCH /api/me 200': ({ call }, operation) => call(operation),
  'PATCH /api/me 422 invalid_name': ({ call }, operation) => call(operation, { body: '{"name":""}' }),
  ...orgs(),
  ...organization(),
  ...audit(),
  ...members(),
  ...groupCases(),
  ...invitations(),
  ...acceptance(),
  ...users(),
  ...LICENSE_CASES,
  ...SMTP_CASES,
  'GET /api/usage 200': ({ call }, operation) => call(operation, { query: 'period=all' }),
  'GET /api/usage 422 invalid_query': ({ call }, operation) => call(operation, { query: 'period=1y' }),
  'POST /api/usage/refresh-storage 200': ({ call }, operation) => call(operation),
  ...webhookCases(),
}

function isInQuery(parameter: Json): boolean {
  return parameter.in === 'query'
}

function undefinedFor({ hasBody }: Operation): string {
  return hasBody ? '{}' : ''
}

function signIn(): Record<string, Case> {
  const path = '/api/auth/login'
  return {
    [`POST ${path} 200`]: ({ send, admin }) => send('POST', path, { username: admin.email, password: PASSWORD }, {}),
    [`POST ${path} 401 invalid_credentials`]: ({ send, admin }) =>
      send('POST', path, { username: admin.email, password: 'not the right one' }, {}),
    [`POST ${path} 429 locked_out`]: async ({ send, admin }) => {
      const guess = { username: admin.email, password: 'not the right one' }
      for (let failure = 0; failure < FAILURES; failure++) await send('POST', path, guess, {})
      return send('POST', path, guess, {})
    },
  }
}

function passwords(): Record<string, Case> {
  const change = '/api/auth/change-password'
  const reset = '/api/auth/reset-password'
  const changing = (oldPassword: string, newPassword: string) => ({
    old_password: oldPassword,
    new_password: newPassword,
  })
  return {
    [`POST ${change} 200`]: ({ send }) => send('POST', change, changing(PASSWORD, NEW_PASSWORD)),
    [`POST ${change} 403 wrong_password`]: ({ send }) =>
      send('POST', change, changing('not the right one', NEW_PASSWORD)),
    [`POST ${change} 422 weak_password`]: ({ send }) => send('POST', change, changing(PASSWORD, 'short')),
    [`POST ${change} 422 same_password`]: ({ send }) => send('POST', change, changing(PASSWORD, PASSWORD)),
    [`POST ${change} 429 locked_out`]: async ({ send }) => {
      for (let failure = 0; failure < FAILURES; failure++) await send('POST', change, changing('wrong', NEW_PASSWORD))
      return send('POST', change, changing('wrong', NEW_PASSWORD))
    },
    'POST /api/auth/forgot-password 202': ({ call }, operation) => call(operation),
    'POST /api/auth/forgot-password 422 invalid_email': ({ call }, operation) =>
      call(operation, { body: '{"email":"ada"}' }),
    [`POST ${reset} 200`]: async ({ send, resetToken }) =>
      send('POST', reset, { token: await resetToken(), new_password: NEW_PASSWORD }, {}),
    [`POST ${reset} 410 reset_gone`]: ({ call }, operation) => call(operation),
    [`POST ${reset} 422 weak_password`]: async ({ send, resetToken }) =>
      send('POST', reset, { token: await resetToken(), new_password: 'short' }, {}),
  }
}

/** The same, with the stage's admin as the operator of the install. */
function asOperator(play: Case | undefined): Case {
  return async (stage, operation) => {
    await stage.change(stage.admin.userId, { isSuperadmin: true })
    return play ? play(stage, operation) : stage.call(operation)
  }
}

function orgs(): Record<string, Case> {
  const path = '/api/orgs'
  const refusals = ['400 unreadable_json', '422 invalid_body', '422 invalid_query']
  const making =
    (body: object): Case =>
    ({ send }) =>
      send('POST', path, body)
  return {
    [`GET ${path} 200`]: ({ call }, operation) => call(operation),
    [`GET ${path} 403 superadmin_only`]: ({ call }, operation) => call(operation, { query: 'all=true' }),
    [`POST ${path} 201`]: asOperator(undefined),
    [`POST ${path} 409 slug_taken`]: asOperator(({ send, slug }) => send('POST', path, { slug, name: 'Acme' })),
    [`POST ${path} 422 invalid_slug`]: asOperator(making({ slug: 'a b', name: 'Acme' })),
    [`POST ${path} 422 invalid_name`]: asOperator(making({ slug: 'fresh', name: ' ' })),
    ...Object.fromEntries(refusals.map((end) => [`POST ${path} ${end}`, asOperator(STANDING[end])])),
  }
}

function organization(): Record<string, Case> {
  const path = '/api/organization'
  const put: (type: string, bytes: Uint8Array<ArrayBuffer>) => Case = (type, body) => (stage) =>
    stage.ask(`${path}/logo`, { method: 'PUT', headers: { ...stage.admin.bearer, 'content-type': type }, body })
  return {
    [`GET ${path} 200`]: ({ call }, operation) => call(operation),
    [`PATCH ${path} 200`]: ({ call }, operation) => call(operation),
    [`PATCH ${path} 422 invalid_name`]: ({ send }) => send('PATCH', path, { name: ' ' }),
    [`PATCH ${path} 422 invalid_color`]: ({ send }) => send('PATCH', path, { color: 'red' }),
    [`PUT ${path}/logo 200`]: put('image/png', PIXEL),
    [`PUT ${path}/logo 422 invalid_body`]: put('application/json', PIXEL),
    [`PUT ${path}/logo 422 invalid_logo`]: put('image/png', PIXEL.subarray(1)),
    [`DELETE ${path}/logo 204`]: async (stage, operation) => {
      await put('image/png', PIXEL)(stage, operation)
      return stage.call(operation)
    },
    'GET /api/branding 200': ({ call, slug }, operation) => call(operation, { query: `slug=${slug}` }),
  }
}

function audit(): Record<string, Case> {
  const ofInstall: Case = ({ call }, operation) => call(operation, { query: 'install=true' })
  return {
    'GET /api/audit-log 200': async ({ call, invitation }, operation) => {
      await invitation()
      return call(operation)
    },
    'GET /api/audit-log 403 superadmin_only': ofInstall,
    'GET /api/audit-log/export.csv 200': ({ call }, operation) => call(operation),
    'GET /api/audit-log/export.csv 403 superadmin_only': ofInstall,
  }
}

function members(): Record<string, Case> {
  const one = '/api/members/{user_id}'
  return {
    'GET /api/members 200': async ({ call, person }, operation) => {
      await person()
      return call(operation)
    },
    [`PATCH ${one} 200`]: async ({ call, person }, operation) => call(operation, { id: (await person()).userId }),
    [`PATCH ${one} 409 last_admin`]: ({ call, admin }, operation) => call(operation, { id: admin.userId }),
    [`DELETE ${one} 204`]: async ({ call, person }, operation) => call(operation, { id: (await person()).userId }),
    [`DELETE ${one} 409 last_admin`]: ({ call, admin }, operation) => call(operation, { id: admin.userId }),
  }
}

function invitations(): Record<string, Case> {
  const list = '/api/invites'
  const onRow = (name: string): Record<string, Case> => ({
    [`${name} 200`]: async ({ call, invitation }, operation) => call(operation, { id: (await invitation()).id }),
    [`${name} 409 already_accepted`]: async ({ call, send, invitation }, operation) => {
      const { id, token } = await invitation()
      await send('POST', '/api/invites/accept', { token, name: 'Grace', password: NEW_PASSWORD }, {})
      return call(operation, { id })
    },
    [`${name} 409 already_revoked`]: async ({ call, send, invitation }, operation) => {
      const { id } = await invitation()
      await send('POST', `/api/invites/${id}/revoke`, {})
      return call(operation, { id })
    },
    [`${name} 409 invite_expired`]: async ({ call, expire, invitation }, operation) => {
      const { id } = await invitation()
      await expire(id)
      return call(operation, { id })
    },
  })
  return {
    [`GET ${list} 200`]: async ({ call, invitation }, operation) => {
      await invitation()
      return call(operation)
    },
    [`POST ${list} 201`]: ({ call }, operation) => call(operation),
    [`POST ${list} 409 already_member`]: ({ send, admin }) =>
      send('POST', list, { email: admin.email, role: 'viewer' }),
    [`POST ${list} 409 already_invited`]: async ({ send, invitation }) =>
      send('POST', list, { email: (await invitation()).email, role: 'viewer' }),
    [`POST ${list} 422 invalid_email`]: ({ send }) => send('POST', list, { email: 'grace', role: 'viewer' }),
    [`POST ${list}/bulk-revoke 200`]: async ({ send, invitation }) =>
      send('POST', `${list}/bulk-revoke`, { ids: [(await invitation()).id, 987_654] }),
    [`POST ${list}/bulk-resend 200`]: async ({ send, invitation }) =>
      send('POST', `${list}/bulk-resend`, { ids: [(await invitation()).id, 987_654] }),
    ...onRow('POST /api/invites/{id}/revoke'),
    ...onRow('POST /api/invites/{id}/resend'),
  }
}

function acceptance(): Record<string, Case> {
  const path = '/api/invites/accept'
  const joiner = { name: 'Grace', password: NEW_PASSWORD }
  const accepting =
    (change: object): Case =>
    async ({ send, invitation }) =>
      send('POST', path, { token: (await invitation()).token, ...joiner, ...change }, {})
  return {
    [`GET ${path} 200`]: async ({ call, invitation }, operation) =>
      call(operation, { query: `token=${(await invitation()).token}` }),
    [`GET ${path} 410 invite_gone`]: ({ call }, operation) => call(operation, { query: 'token=unknown' }),
    [`POST ${path} 201`]: accepting({}),
    [`POST ${path} 401 sign_in_required`]: async ({ send, invitation, personWithoutOrg }) =>
      send('POST', path, { token: (await invitation((await personWithoutOrg()).email)).token }, {}),
    [`POST ${path} 403 wrong_account`]: async ({ send, invitation, personWithoutOrg }) =>
      send('POST', path, { token: (await invitation((await personWithoutOrg()).email)).token }),
    [`POST ${path} 403 account_deactivated`]: async ({ send, change, invitation, personWithoutOrg }) => {
      const { userId, email } = await personWithoutOrg()
      await change(userId, { isActive: false })
      return send('POST', path, { token: (await invitation(email)).token })
    },
    [`POST ${path} 403 password_reset_required`]: async ({ send, change, invitation, personWithoutOrg }) => {
      const { userId, email, bearer } = await personWithoutOrg()
      await change(userId, { mustResetPassword: true })
      return send('POST', path, { token: (await invitation(email)).token }, bearer)
    },
    [`POST ${path} 409 already_member`]: async ({ send, invitation, personWithoutOrg, join }) => {
      const { userId, email, bearer } = await personWithoutOrg()
      const { token } = await invitation(email)
      await join(userId)
      return send('POST', path, { token }, bearer)
    },
    [`POST ${path} 410 invite_gone`]: ({ call }, operation) => call(operation),
    [`POST ${path} 422 name_required`]: accepting({ name: undefined }),
    [`POST ${path} 422 password_required`]: accepting({ password: undefined }),
    [`POST ${path} 422 invalid_name`]: accepting({ name: ' ' }),
    [`POST ${path} 422 weak_password`]: accepting({ password: 'short' }),
  }
}

function users(): Record<string, Case> {
  const one = '/api/users/{id}'
  const reset = `${one}/reset-password`
  /** What both writes refuse alike, by their bodies as the document shows them. */
  const refusalsOf = (name: string, body: string | undefined): Record<string, Case> => ({
    [`${name} 403 is_superadmin`]: async ({ call, change, person }, operation) => {
      const { userId } = await person()
      await change(userId, { isSuperadmin: true })
      return call(operation, { id: userId })
    },
    [`${name} 403 belongs_elsewhere`]: async ({ call, personOfTwoOrgs }, operation) =>
      call(operation, { id: (await personOfTwoOrgs()).userId }),
    [`${name} 409 self`]: ({ call, admin }, operation) =>
      call(operation, { id: admin.userId, ...(body !== undefined && { body }) }),
  })
  return {
    'GET /api/users 200': async ({ call, person }, operation) => {
      await person()
      return call(operation)
    },
    'GET /api/users 403 superadmin_only': ({ call }, operation) => call(operation, { query: 'all=true' }),
    [`PATCH ${one} 200`]: async ({ call, person }, operation) => call(operation, { id: (await person()).userId }),
    [`PATCH ${one} 409 last_admin`]: async ({ call, change, admin, adminElsewhere }, operation) => {
      await change(admin.userId, { isSuperadmin: true })
      return call(operation, { id: (await adminElsewhere()).userId, body: '{"is_active":false}' })
    },
    [`PATCH ${one} 422 invalid_name`]: async ({ call, person }, operation) =>
      call(operation, { id: (await person()).userId, body: '{"name":" "}' }),
    ...refusalsOf(`PATCH ${one}`, '{"is_active":false}'),
    [`POST ${reset} 200`]: async ({ call, person }, operation) => call(operation, { id: (await person()).userId }),
    [`POST ${reset} 409 deactivated`]: async ({ call, change, person }, operation) => {
      const { userId } = await person()
      await change(userId, { isActive: false })
      return call(operation, { id: userId })
    },
    [`POST ${reset} 429 too_many_resets`]: async ({ call, person }, operation) => {
      const { userId } = await person()
      for (let resets = 0; resets < RESETS_PER_HOUR; resets++) await call(operation, { id: userId })
      return call(operation, { id: userId })
    },
    ...refusalsOf(`POST ${reset}`, undefined),
  }
}
