/**
 * Where a job waits, so that slow work holds up no other: `events` hands out what happened, `outbound` calls the servers that
 * orgs chose, which may be slow or dead.
 */
export type Lane = 'default' | 'events' | 'outbound'

type LaneOptions = Readonly<{ concurrency: number; perOrgMax?: number }>

/** How much runs at once on a node, and how much of that for one org. */
export const LANES: Readonly<Record<Lane, LaneOptions>> = {
  default: { concurrency: 8 },
  events: { concurrency: 8, perOrgMax: 2 },
  outbound: { concurrency: 96, perOrgMax: 8 },
}
