import { relativeTime } from '#lib/format.ts'
import { Badge } from '#views/ui/badge.tsx'
import type { UsersFilter } from './list-state.tsx'

export type Standing = Readonly<{
  standing: Exclude<UsersFilter, 'all'>
  /** Of a temporary password; undefined for one that its owner chose. */
  passwordExpiresAt: Date | undefined
}>

type StandingProps = Standing & Readonly<{ now: Date }>

export function StandingBadge(props: StandingProps): JSX.Element {
  if (props.standing === 'deactivated') return <Badge tone="unknown" label="Deactivated" />
  if (props.standing === 'active') return <Badge tone="normal" label="Active" />
  return isOver(props) ? <Badge tone="failing" label="Password expired" /> : <Badge tone="pending" label="Reset due" />
}

/** What is going on with a temporary password, in words. */
export function storyOf(props: StandingProps): string | undefined {
  const { standing, passwordExpiresAt, now } = props
  if (standing !== 'reset_due' || passwordExpiresAt === undefined) return undefined
  if (isOver(props)) return `Temporary password expired ${relativeTime(passwordExpiresAt, now)}: reset it again`
  return `Temporary password expires ${relativeTime(passwordExpiresAt, now)}`
}

function isOver({ passwordExpiresAt, now }: StandingProps): boolean {
  return passwordExpiresAt !== undefined && passwordExpiresAt <= now
}
