import { DOCUMENT_BYTES_MAX } from '#core/license/document.ts'
import { documentFor, forged, putRow } from '#test/license/arrange.ts'
import type { Case } from './contract-cases.ts'
import type { Stage } from './contract-stage.ts'

const LICENSE = '/api/license'
const JOINER = { name: 'Grace', password: 'staple of a new kind' }

type State = 'missing' | 'invalid' | 'expired'
const STATES: readonly State[] = ['missing', 'invalid', 'expired']

/** What the gate asks of a stage whose org is in a state. */
async function within<T>({ app, orgId, slug }: Stage, state: State, ask: () => Promise<T>): Promise<T> {
  const document = documentFor(slug, state === 'expired' ? -30 : 30)
  if (state !== 'missing') await putRow(app, { orgId }, state === 'invalid' ? forged(document) : document)
  app.config.licenseEnforcement = state === 'missing' ? 'on' : 'unset'
  try {
    return await ask()
  } finally {
    app.config.licenseEnforcement = 'unset'
  }
}

function ofStates(name: (state: State) => string, play: (state: State) => Case): Record<string, Case> {
  return Object.fromEntries(STATES.map((state) => [name(state), play(state)]))
}

/** The gate's refusals, of every operation that a licence closes. */
export const GATE_CASES: Readonly<Record<string, Case>> = ofStates(
  (state) => `403 license_${state}`,
  (state) => (stage, operation) => within(stage, state, () => stage.call(operation)),
)

const install: (slug: (own: string) => string) => Case = (slug) => (stage) =>
  stage.send('POST', LICENSE, { license: documentFor(slug(stage.slug)) })

/** Those of the licence itself, and of what its seats limit. */
export const LICENSE_CASES: Readonly<Record<string, Case>> = {
  [`GET ${LICENSE} 200`]: ({ call }, operation) => call(operation),
  [`GET ${LICENSE}/simulate 200`]: ({ call }, operation) => call(operation, { query: 'at=2027-01-01T00:00:00Z' }),
  [`GET ${LICENSE}/simulate 403 no_org`]: async ({ call, personWithoutOrg }, operation) =>
    call(operation, { query: 'at=2027-01-01', headers: (await personWithoutOrg()).bearer }),
  [`GET ${LICENSE}/simulate 422 invalid_query`]: ({ call }, operation) => call(operation, { query: 'at=tomorrow' }),
  [`POST ${LICENSE} 200`]: install((own) => own),
  [`POST ${LICENSE} 413 too_large`]: ({ send }) => send('POST', LICENSE, { license: ' '.repeat(DOCUMENT_BYTES_MAX) }),
  [`POST ${LICENSE} 422 invalid_license`]: install(() => 'another'),
  [`DELETE ${LICENSE} 204`]: ({ call }, operation) => call(operation),
  'POST /api/invites 409 license_user_limit': async ({ app, orgId, slug, call }, operation) => {
    await putRow(app, { orgId }, documentFor(slug, 30, { users_limit: 1 }))
    return call(operation)
  },
  'PATCH /api/users/{id} 409 license_user_limit': async ({ app, orgId, slug, person, change, call }, operation) => {
    const { userId } = await person()
    await change(userId, { isActive: false })
    await putRow(app, { orgId }, documentFor(slug, 30, { users_limit: 1 }))
    return call(operation, { id: userId, body: '{"is_active":true}' })
  },
  'POST /api/invites/accept 409 license_user_limit': async ({ app, orgId, slug, invitation, send }) => {
    const { token } = await invitation()
    await putRow(app, { orgId }, documentFor(slug, 30, { users_limit: 1 }))
    return send('POST', '/api/invites/accept', { token, ...JOINER }, {})
  },
  ...ofStates(
    (state) => `POST /api/invites/accept 403 license_${state}`,
    (state) => async (stage) => {
      const { token } = await stage.invitation()
      const ask = () => stage.send('POST', '/api/invites/accept', { token, ...JOINER }, {})
      return within(stage, state, ask)
    },
  ),
}
