import { Type } from '@sinclair/typebox'
import { Elysia, t } from 'elysia'
import { AppError } from '#core/errors.ts'
import { DOCUMENT_BYTES_MAX } from '#core/license/document.ts'
import { TIERS } from '#core/license/license.ts'
import type { Door } from '#http/admit.ts'
import { describe } from '#http/describe.ts'
import { gate } from '#http/gate.ts'
import { openRoutes } from '#http/license-free-routes.ts'
import { WRITING_METHODS } from '#http/license-gate.ts'
import { exactly, MaybeTime, Time } from '#http/schemas.ts'
import type { Viewer } from '#http/viewer.ts'
import { licenseFacts } from './facts.ts'
import { findLicense, installLicense, removeLicense } from './license.ts'
import { type Simulation, simulatedTime, simulateLicense } from './simulation.ts'

const TAG = 'Licence'
const Texts = Type.Array(Type.String())
const MaybeText = Type.Union([Type.String(), Type.Null()])
const MaybeNumber = Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])

const LicenseObject = Type.Object({
  status: oneOf('valid', 'grace', 'expired', 'missing', 'invalid'),
  customer: MaybeText,
  tier: Type.Union([...TIERS.map((tier) => Type.Literal(tier)), Type.Null()]),
  expires: MaybeTime,
  days_remaining: MaybeNumber,
  grace_ends: MaybeTime,
  users_limit: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], { description: 'Null is no limit.' }),
  users_count: Type.Integer({ minimum: 0, description: 'Members who can sign in.' }),
  products: Texts,
  features: Texts,
  source: oneOf('org', 'subscription', 'instance', 'none'),
  resolution: Type.Array(Type.String(), { description: 'How the licence was found, a step each.' }),
  enforcement: Type.Union(
    ['on', 'off', 'unset'].map((value) => Type.Literal(value)),
    { description: '`LICENSE_ENFORCE`: `on` also closes what has no licence, `off` closes nothing.' },
  ),
  clock_suspect: Type.Boolean({ description: 'The clock was set back by more than a day; the later time counts.' }),
  reason: Type.Union([Type.String(), Type.Null()], { description: 'Why an invalid document counts for nothing.' }),
  message: MaybeText,
})

const EXAMPLE = {
  status: 'valid',
  customer: 'Acme Ltd',
  tier: 'professional',
  expires: '2027-01-01T00:00:00.000Z',
  days_remaining: 214,
  grace_ends: '2027-01-15T00:00:00.000Z',
  users_limit: 25,
  users_count: 7,
  products: ['hub_platform'],
  features: ['chat_connector'],
  source: 'org',
  resolution: ['row for acme'],
  enforcement: 'unset',
  clock_suspect: false,
  reason: null,
  message: null,
}

const SimulationObject = Type.Object({
  at: Time,
  status: oneOf('valid', 'grace', 'expired', 'missing', 'invalid'),
  days_remaining: MaybeNumber,
  closed: Type.Object({
    methods: Type.Array(Type.String(), { description: 'None where nothing is closed.' }),
    except: Type.Array(Type.String(), { description: 'Routes of these methods that stay open.' }),
    features: Type.Array(Type.String(), { description: 'What cannot be used, also where it never was licensed.' }),
  }),
  changes: Type.Array(Type.Object({ at: Time, status: oneOf('grace', 'expired') }), {
    description: 'What comes after that when nobody does anything.',
  }),
})
const SIMULATION_EXAMPLE = {
  ...{ at: '2027-01-01T00:00:00.000Z', status: 'grace', days_remaining: 0 },
  closed: { methods: [], except: [], features: ['ai_dashboards', 'enterprise_connectors'] },
  changes: [{ at: '2027-01-15T00:00:00.000Z', status: 'expired' }],
}

const SHOW = describe({
  tag: TAG,
  summary: 'The licence of the org',
  answers: { 200: { description: 'What serves the org now.', schema: LicenseObject, example: EXAMPLE } },
  errors: { 403: ['no_org'] },
})
const SIMULATE = describe({
  tag: TAG,
  summary: 'The licence at another time',
  description: 'What would be closed then, if nothing else changed. Nothing is changed by asking.',
  answers: { 200: { description: 'The state then.', schema: SimulationObject, example: SIMULATION_EXAMPLE } },
  errors: { 403: ['no_org'], 422: ['invalid_query'] },
})
const INSTALL = describe({
  tag: TAG,
  summary: 'Install a licence',
  description:
    "It counts at once. `license` is the document's text, at most 1 MiB in all. One in its grace period is accepted; " +
    '`reason` says why one is refused, and then nothing has changed.',
  answers: { 200: { description: 'What serves the org from now on.', schema: LicenseObject, example: EXAMPLE } },
  errors: { 422: ['invalid_license'] },
  requestExample: { license: '{"license":{"version":1,"kid":"2026-a"},"signature":"…"}' },
})
const REMOVE = describe({
  tag: TAG,
  summary: "Remove the org's licence",
  description: 'What the install or a subscription says counts from then on.',
  answers: { 204: { description: 'Removed, or there was none.' } },
})

const At = t.String({ maxLength: 40, description: 'RFC 3339; of a date alone its start, in UTC.' })
const SimulateQuery = t.Object({ at: At }, { additionalProperties: false })

/** `/api/license`: open whatever the licence's state is. */
export function licenseApi(door: Door) {
  const { ctx } = door
  const edit = { permission: 'license.edit', reads: { bytesMax: DOCUMENT_BYTES_MAX } } as const
  return new Elysia({ prefix: '/api/license' })
    .use(gate(door))
    .get('', async ({ viewer }) => licenseFacts(await findLicense(ctx, requireOrg(viewer))), {
      signedIn: true,
      detail: SHOW,
    })
    .get(
      '/simulate',
      async ({ viewer, query }) => {
        const org = requireOrg(viewer)
        return simulationFacts(await simulateLicense(ctx, org, simulatedTime(query.at)))
      },
      { signedIn: true, query: SimulateQuery, detail: SIMULATE },
    )
    .post('', async ({ scope, body }) => licenseFacts(await installLicense(ctx, scope, body.license)), {
      requires: edit,
      body: exactly({ license: Type.String({ minLength: 1, description: "The document's text." }) }),
      detail: INSTALL,
    })
    .delete(
      '',
      async ({ scope, set }) => {
        await removeLicense(ctx, scope)
        set.status = 204
      },
      { requires: 'license.edit', detail: REMOVE },
    )
}

function simulationFacts({ at, status, daysRemaining, isClosed, closedFeatures, changes }: Simulation) {
  return {
    ...{ at: at.toISOString(), status, days_remaining: daysRemaining },
    closed: {
      methods: isClosed ? WRITING_METHODS : [],
      except: isClosed ? openRoutes() : [],
      features: closedFeatures,
    },
    changes: changes.map((change) => ({ at: change.at.toISOString(), status: change.status })),
  }
}

function requireOrg({ org }: Viewer) {
  if (!org) throw new AppError('forbidden', 'no_org', 'You do not belong to an organization yet.')
  return org
}

function oneOf(...texts: string[]) {
  return Type.Union(texts.map((text) => Type.Literal(text)))
}
