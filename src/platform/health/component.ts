/** The parts of an install that every org shares, and those that each has its own state of, in the order of the page. */
export const INSTALL_COMPONENTS = ['db', 'scheduler', 'queue', 'disk', 'vault', 'dbt'] as const
export const ORG_COMPONENTS = ['smtp', 'llm', 'backup'] as const

export type InstallComponent = (typeof INSTALL_COMPONENTS)[number]
export type OrgComponent = (typeof ORG_COMPONENTS)[number]
export type Component = InstallComponent | OrgComponent

export const COMPONENTS: readonly Component[] = [...INSTALL_COMPONENTS, ...ORG_COMPONENTS]

/** What people call them. */
export const COMPONENT_LABELS: Readonly<Record<Component, string>> = {
  db: 'Database',
  scheduler: 'Scheduler',
  queue: 'Queue',
  disk: 'Disk',
  vault: 'Vault',
  dbt: 'dbt',
  smtp: 'Mail',
  llm: 'AI providers',
  backup: 'Backups',
}

export function isComponent(text: string): text is Component {
  return COMPONENTS.some((component) => component === text)
}
