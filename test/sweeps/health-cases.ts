import type { Case } from './contract-cases.ts'

const SHOW = '/api/system/health'

const plainly: Case = ({ call }, operation) => call(operation)

/** Those of the health. */
export const HEALTH_CASES: Readonly<Record<string, Case>> = {
  [`GET ${SHOW} 200`]: plainly,
  [`GET ${SHOW} 422 invalid_query`]: ({ call }, operation) => call(operation, { query: 'refresh=now' }),
  [`GET ${SHOW}/history 200`]: ({ call }, operation) => call(operation, { query: 'range=90d' }),
  [`GET ${SHOW}/history 422 invalid_query`]: ({ call }, operation) => call(operation, { query: 'range=2d' }),
  [`GET ${SHOW}/alerts 200`]: plainly,
  [`PUT ${SHOW}/alerts 200`]: plainly,
}
