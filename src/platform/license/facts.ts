import { OPEN_WITHOUT_LICENSE } from '#http/license-free-routes.ts'
import { WRITING_METHODS } from '#http/license-gate.ts'
import type { ShownLicense } from './license.ts'
import type { Simulation } from './simulation.ts'

/** A licence as the API and the terminal tell it. */
export function licenseFacts(license: ShownLicense) {
  return {
    status: license.status,
    customer: license.customer,
    tier: license.tier,
    expires: license.expires?.toISOString() ?? null,
    days_remaining: license.daysRemaining,
    grace_ends: license.graceEnds?.toISOString() ?? null,
    users_limit: license.usersLimit,
    users_count: license.usersCount,
    products: license.products,
    features: license.features,
    source: license.source,
    resolution: license.resolution,
    enforcement: license.enforcement,
    clock_suspect: license.isClockSuspect,
    reason: license.reason,
    message: license.message,
  }
}

/** The same of another time, with what is closed then. */
export function simulationFacts({ at, status, daysRemaining, isClosed, closedFeatures, changes }: Simulation) {
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

/** The routes that write and are open in every state, as the API's description writes them. */
export function openRoutes(): string[] {
  return [...OPEN_WITHOUT_LICENSE].map((route) => route.replace(/:(\w+)/g, '{$1}')).toSorted()
}
