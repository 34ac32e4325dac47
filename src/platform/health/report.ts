import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { dateOfMs } from '#lib/clock.ts'
import { type Board, boardOf, type Looked } from './board.ts'
import { COMPONENTS } from './component.ts'
import { type Status, worstOf } from './reading.ts'

export type HealthReport = Readonly<{
  /** The worst of the components. */
  status: Status
  /** When one of them was looked at last. */
  checkedAt: Date
  components: readonly Looked[]
}>

/**
 * How the install and the org are now, each component by itself: none that throws or hangs takes another with it, and nothing
 * is an error here. Answers of the last seconds serve everybody on this node; `isForced` asks anew. For `health.read`.
 */
export async function readHealth(
  ctx: Context,
  { orgId }: Pick<Scope, 'orgId'>,
  { isForced = false, board = boardOf(ctx) }: Readonly<{ isForced?: boolean; board?: Board }> = {},
): Promise<HealthReport> {
  const [install, org] = await Promise.all([board.install(isForced), board.org(orgId, isForced)])
  const found: Looked[] = [...install, ...org]
  const components = COMPONENTS.flatMap((name) => found.filter(({ component }) => component === name))
  const checkedAt = dateOfMs(Math.max(...components.map((component) => component.checkedAt.getTime())))
  return { status: worstOf(components.map(({ status }) => status)), checkedAt, components }
}
