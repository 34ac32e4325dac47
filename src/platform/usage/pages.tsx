import { Elysia } from 'elysia'
import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import type { Viewer } from '#http/viewer.ts'
import { plainBytes } from '#lib/bytes.ts'
import { plural } from '#lib/format.ts'
import { UsageContent, type UsageProps } from '#views/usage/usage-page.tsx'
import { type Period, requirePeriod } from './period.ts'
import { readUsage } from './report.ts'
import { refreshStorage, type Storage } from './storage.ts'

const PATH = '/usage'

type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope }>

/** `/usage`: what the org uses, by period. The page changes nothing. */
export function usagePages(door: Door) {
  return new Elysia({ prefix: PATH })
    .use(gate(door))
    .get('', async ({ request, viewer, scope, query }) => show({ door, request, viewer, scope }, query), {
      requires: 'usage.read',
    })
    .post(
      '/refresh-storage',
      async ({ request, viewer, scope, body }) => refresh({ door, request, viewer, scope }, body),
      {
        requires: 'usage.read',
      },
    )
}

/** A period that there is none of shows the usual one, and says so by its status. */
async function show(visit: Visit, query: unknown): Promise<Response> {
  const { door, request, viewer } = visit
  const { period, status } = periodIn(query)
  const options = { title: 'Usage', section: 'Workspace', status }
  return shellPage(door, request, viewer, options, UsageContent(await propsOf(visit, period)))
}

async function refresh(visit: Visit, form: unknown): Promise<Response> {
  const { door, request, scope } = visit
  const { period } = periodIn(form)
  const toast = { tone: 'success', text: wordsOf(await refreshStorage(door.ctx, scope)) } as const
  if (!isPartial(request)) return goTo(request, period === '7d' ? PATH : `${PATH}?period=${period}`, toast)
  return fragment({ toasts: [toast] }, UsageContent(await propsOf(visit, period)))
}

function periodIn(query: unknown): { period: Period; status: number } {
  try {
    return { period: requirePeriod(fieldOf(query, 'period')), status: 200 }
  } catch (error) {
    return { period: '7d', status: refusalFor(error, ['invalid']).status }
  }
}

async function propsOf({ door, viewer, scope }: Visit, period: Period): Promise<UsageProps> {
  const usage = await readUsage(door.ctx, scope, period)
  return { ...usage, orgName: viewer.org?.name ?? '', now: door.ctx.clock.now() }
}

function wordsOf({ bytes, files }: Storage): string {
  return `Storage holds ${plainBytes(bytes)} in ${plural(files, 'file')}.`
}
