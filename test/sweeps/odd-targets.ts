import type { Credentials } from './route-manners.ts'

/** Ways to write a request's target (RFC 9112 §3.2) that must open nothing which its plain form keeps shut. */
export const ODD_TARGETS: readonly string[] = [
  '//api/members',
  '///api/members',
  '/api//members',
  '/API/members',
  '/api/Members',
  '/api/members/',
  '/api/members//',
  '/api/./members',
  '/api/me/../members',
  '/api/health/../members',
  '/api/health/..%2fmembers',
  '/api/%2e%2e/api/members',
  '/assets/../api/members',
  '/assets/%2e%2e/api/members',
  '/%61pi/members',
  '/api/%6dembers',
  '/api%2fmembers',
  '/api/members%2f',
  '/api/members%00',
  '/api/members;a=b',
  '/api/members.json',
  '/api/members?/api/health',
  '/api/members#/api/health',
  '/api\\members',
  '/members',
  '//members',
  '/Members',
  '/members/',
  '/login/../members',
  '/api/../members',
  '/members%2f..%2flogin',
  '/;/members',
  '/api',
  '/api/',
]

/** The status of a target with the given headers and method. */
export type StatusOf = (target: string, headers: Record<string, string>, method: string) => Promise<number>

/** Targets that show a stranger or a viewer anything but a refusal. */
export async function oddTargetFaults(
  statusOf: StatusOf,
  targets: readonly string[],
  viewer: Credentials,
): Promise<string[]> {
  const faults: string[] = []
  const people = { 'a stranger': {}, 'a viewer': { ...viewer.bearer, ...viewer.cookie } }
  for (const target of targets) {
    for (const [who, headers] of Object.entries(people)) {
      for (const method of ['GET', 'HEAD', 'POST']) {
        const status = await statusOf(target, headers, method)
        if (![303, 400, 401, 403, 404].includes(status)) faults.push(`${method} ${target}: ${who} got ${status}`)
      }
    }
  }
  return faults
}
