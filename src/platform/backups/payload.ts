import type { JobRun } from '#jobs/job.ts'

/** An id as the payload of a job has it. */
export function idIn(stored: unknown, name: 'backupId' | 'restoreId'): number {
  const id: unknown = typeof stored === 'object' && stored !== null ? Reflect.get(stored, name) : undefined
  if (typeof id === 'number') return id
  throw new Error('the payload of a backup’s job is not readable')
}

/** Which backup, and who asked for it: null for the clock. */
export function parseProof(stored: unknown): Readonly<{ id: number; createdBy: number | null }> {
  const askedBy: unknown = typeof stored === 'object' && stored !== null ? Reflect.get(stored, 'askedBy') : undefined
  return { id: idIn(stored, 'backupId'), createdBy: typeof askedBy === 'number' ? askedBy : null }
}

/** Which file is to go. */
export function parseDiscarded(stored: unknown): Readonly<{ slug: string; name: string }> {
  if (typeof stored === 'object' && stored !== null && 'slug' in stored && 'name' in stored) {
    const { slug, name } = stored
    if (typeof slug === 'string' && typeof name === 'string') return { slug, name }
  }
  throw new Error('the name of a deleted backup is not readable')
}

/** What a job of this room is to the verbs that do its work. */
export function attemptOf({ scope, signal }: Pick<JobRun<unknown>, 'scope' | 'signal'>) {
  if (!scope) throw new Error('a job of this room belongs to an org')
  return { scope, signal }
}
