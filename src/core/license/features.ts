/** What a licence can open, by its flag. A flag that is not here is kept and shown: a newer version may know it. */
export const FEATURES = {
  chat_connector: 'Chat connector',
  ai_dashboards: 'AI dashboard generator',
  enterprise_connectors: 'Enterprise connectors',
} as const

export type Feature = keyof typeof FEATURES

/** The name of a flag for people; undefined when this version does not know it. */
export function featureName(flag: string): string | undefined {
  return isFeature(flag) ? FEATURES[flag] : undefined
}

function isFeature(flag: string): flag is Feature {
  return Object.hasOwn(FEATURES, flag)
}
