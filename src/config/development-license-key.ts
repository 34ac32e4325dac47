/**
 * The key that a source tree and a build without keys of a vendor go by. Its private half is in every source tree, so a
 * release must never know it.
 */
export const DEVELOPMENT_LICENSE_KEYS: Readonly<Record<string, string>> = {
  development: 'g0/U4qIaeFihk1QwjmNISGwL6Fe0hzCOdSz9XIq7LL4=',
}
