import { join } from 'node:path'
import { type FoundDocument, watchFile } from '#core/license/file-watch.ts'
import { LICENSE_FILE_NAME } from '#core/license/kept-file.ts'
import { documentOfKey } from '#core/license/key-text.ts'
import type { Verdict } from '#core/license/verify.ts'
import { type Clock, SECOND_MS } from '#lib/clock.ts'
import { sha256Hex } from '#lib/token.ts'

const LEGACY_FILE_NAME = 'license.key'
const LOOK_MS = SECOND_MS

type Settings = Readonly<{
  dataDir: string
  licenseFile: string | undefined
  licenseKey: string | undefined
  clock: Clock
  verify: (text: string) => Verdict
}>

type Looked = Readonly<{
  atMs: number
  /** The first of the files that is there. */
  file: FoundDocument | undefined
  /** `DATA_DIR/license.json`. */
  kept: FoundDocument | undefined
}>

export type InstanceDocuments = ReturnType<typeof watchInstance>

/** The documents of the whole install. Files are looked at once a second at most, and read again only when they changed. */
export function watchInstance({ dataDir, licenseFile, licenseKey, clock, verify }: Settings) {
  const keptPath = join(dataDir, LICENSE_FILE_NAME)
  const asItIs = (text: string) => text
  const watchKept = watchFile({ path: keptPath, name: 'license.json', isOwn: true, decode: asItIs, verify })
  const watchLegacy = watchFile({
    ...{ path: join(dataDir, LEGACY_FILE_NAME), name: LEGACY_FILE_NAME, isOwn: true, decode: documentOfKey, verify },
  })
  const isNamed = licenseFile !== undefined && licenseFile !== keptPath
  const watchNamed = isNamed
    ? watchFile({ path: licenseFile, name: 'The file of LICENSE_FILE', isOwn: false, decode: asItIs, verify })
    : undefined
  const keyText = licenseKey === undefined ? undefined : documentOfKey(licenseKey)
  const key: FoundDocument | undefined =
    keyText === undefined ? undefined : { hash: sha256Hex(keyText), verdict: verify(keyText) }
  let looking: Promise<Looked> | undefined
  let looked: Looked | undefined
  let expectedHash: string | undefined
  let changes = 0

  async function lookAfresh(): Promise<Looked> {
    const began = changes
    const atMs = clock.now().getTime()
    const [named, kept, legacy] = await Promise.all([watchNamed?.(), watchKept(), watchLegacy()])
    const seen = { atMs, file: named ?? kept ?? legacy, kept }
    if (began === changes) looked = seen
    return seen
  }

  async function look(): Promise<Looked> {
    if (looked && Math.abs(clock.now().getTime() - looked.atMs) < LOOK_MS) return looked
    looking ??= lookAfresh().finally(() => {
      looking = undefined
    })
    return await looking
  }

  return {
    /** `LICENSE_KEY`. */
    key,

    /** `LICENSE_FILE`, `license.json` or `license.key`: the first that is there. */
    async findFile(): Promise<FoundDocument | undefined> {
      return (await look()).file
    },

    /**
     * `license.json`, which should hold the document of this hash. Another node may have written it a moment ago: whoever
     * hears of a hash for the first time looks again.
     */
    async findKept(hash: string): Promise<FoundDocument | undefined> {
      const isNews = hash !== expectedHash
      expectedHash = hash
      const { kept } = await look()
      return kept?.hash === hash || !isNews ? kept : (await lookAfresh()).kept
    },

    /** After this process has changed a file. */
    forget(): void {
      changes += 1
      looked = undefined
      looking = undefined
    },
  }
}
