/**
 * Where a job waits, so that slow work holds up no other: `events` hands out what happened, `outbound` calls the servers that
 * orgs chose, which may be slow or dead.
 */
export type Lane = 'default' | 'events' | 'outbound'

type LaneOptions = Readonly<{ concurrency: number; perOrgMax?: number; gatherMs?: number }>

/** How much runs at once on a node, how much of that for one org, and how long jobs gather before some are taken together. */
export const LANES: Readonly<Record<Lane, LaneOptions>> = {
  default: { concurrency: 8 },
  events: { concurrency: 8, perOrgMax: 2, gatherMs: 5 },
  outbound: { concurrency: 96, perOrgMax: 8, gatherMs: 4 },
}
