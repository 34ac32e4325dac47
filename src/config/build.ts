import { DEVELOPMENT_LICENSE_KEYS } from '#config/development-license-key.ts'

// `scripts/build.ts` puts values in place of these names; in a source tree they do not exist.
declare const BUILD_VERSION: string | undefined
declare const BUILD_COMMIT: string | undefined
declare const BUILD_TIME: string | undefined
declare const LICENSE_KEYS: Readonly<Record<string, string>>

export type Build = Readonly<{
  version: string
  /** The git commit, with `-dirty` when tracked files differed from it. Empty when built from an archive. */
  commit: string
  /** RFC 3339, UTC. Empty in a source tree. */
  time: string
  /** False in a source tree: then `process.execPath` is Bun and not Honeyframe. */
  isExecutable: boolean
  /** Key id to the base64 of a 32-byte Ed25519 public key (RFC 8032). */
  licenseKeys: Readonly<Record<string, string>>
}>

/** What this program was built from. */
export const build: Build = {
  version: typeof BUILD_VERSION === 'undefined' ? '0.0.0-dev' : BUILD_VERSION,
  commit: typeof BUILD_COMMIT === 'undefined' ? '' : BUILD_COMMIT,
  time: typeof BUILD_TIME === 'undefined' ? '' : BUILD_TIME,
  isExecutable: typeof BUILD_VERSION !== 'undefined',
  // Asked of a text, which the bundler can decide: a release then does not even hold the development key.
  licenseKeys: typeof BUILD_VERSION === 'undefined' ? DEVELOPMENT_LICENSE_KEYS : LICENSE_KEYS,
}
