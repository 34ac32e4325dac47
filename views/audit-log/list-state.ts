/** What the page shows, as it was typed: every link and form of it carries it on. */
export type AuditState = Readonly<{
  action: string
  actor: string
  q: string
  from: string
  to: string
  /** What concerns the whole install and no org. */
  isInstall: boolean
}>

const NAMES = ['action', 'actor', 'q', 'from', 'to'] as const

/** The address of the page, or of a file below it, in a given state. */
export function auditHref(state: AuditState, more: Readonly<Record<string, string>> = {}, file = ''): string {
  const query = new URLSearchParams()
  if (state.isInstall) query.set('install', 'true')
  for (const name of NAMES) if (state[name]) query.set(name, state[name])
  for (const [name, value] of Object.entries(more)) query.set(name, value)
  const text = query.toString()
  return `/audit-log${file}${text ? `?${text}` : ''}`
}

export function isFiltered(state: AuditState): boolean {
  return NAMES.some((name) => state[name] !== '')
}

export function cleared({ isInstall }: AuditState): AuditState {
  return { action: '', actor: '', q: '', from: '', to: '', isInstall }
}
