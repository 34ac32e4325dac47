import { describe } from '#http/describe.ts'
import { SettingsObject, TestedObject } from './settings-schemas-api.ts'

const TAG = 'Backups'
const SETTINGS = {
  schedule: { frequency: 'daily', hour: 2, weekday: 0, next_run_at: '2026-02-01T02:00:00.000Z' },
  store: {
    ...{ endpoint: 'https://s3.eu-west-1.amazonaws.com', region: 'eu-west-1', bucket: 'acme-backups' },
    ...{ prefix: 'honeyframe', access_key_id: 'AKIAEXAMPLE', secret_set: true, secret_readable: true },
  },
}
const answers = { 200: { description: 'The settings.', schema: SettingsObject, example: SETTINGS } }

export const READ_SETTINGS = describe({ tag: TAG, summary: 'Read the schedule and the object store', answers })

export const CHANGE_SETTINGS = describe({
  tag: TAG,
  summary: 'Change the schedule or the object store',
  description:
    'What is absent stays; a `store` of null forgets it. A secret is kept for one endpoint and one access key id: with another one, send it again.',
  answers,
  errors: { 422: ['invalid_store', 'secret_required', 'egress_refused'] },
  requestExample: { schedule: { frequency: 'daily', hour: 2 } },
})

export const TEST_STORE = describe({
  tag: TAG,
  summary: 'Test the object store',
  description: 'Writes a small object and deletes it again.',
  answers: {
    200: {
      description: 'It was taken.',
      schema: TestedObject,
      example: { object: 'acme-backups/honeyframe/acme/honeyframe-test.txt' },
    },
  },
  errors: {
    409: ['no_store', 'secret_unreadable'],
    422: ['egress_refused'],
    502: ['store_refused', 'transport_failed'],
  },
})
