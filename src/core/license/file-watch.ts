import { lstat, stat } from 'node:fs/promises'
import { AppError } from '#core/errors.ts'
import { LicenseFault } from '#core/license/fault.ts'
import { readLicenseFile } from '#core/license/license-file.ts'
import type { Verdict } from '#core/license/verify.ts'
import { sha256Hex } from '#lib/token.ts'

/** A document of the install. `hash` is that of its text; undefined where the text cannot be read. */
export type FoundDocument = Readonly<{ hash: string | undefined; verdict: Verdict }>

type Watched = Readonly<{
  path: string
  /** What people are told instead of the path. */
  name: string
  /** Lies in `DATA_DIR`: a symbolic link is refused. */
  isOwn: boolean
  /** Turns the file's text into a document's. */
  decode: (text: string) => string
  verify: (text: string) => Verdict
}>

/**
 * Looks after one file: what it holds, read and verified again only when its stat has changed; undefined when it is not
 * there. What is there and cannot be read is invalid, with the reason.
 */
export function watchFile(watched: Watched): () => Promise<FoundDocument | undefined> {
  let known: { signature: string; document: FoundDocument } | undefined

  return async () => {
    const signature = await signatureOf(watched)
    if (signature === undefined) return undefined
    if (known?.signature !== signature) known = { signature, document: await examine(watched) }
    return known.document
  }
}

async function examine({ path, name, isOwn, decode, verify }: Watched): Promise<FoundDocument> {
  try {
    const text = decode(await readLicenseFile(path, { name, isOwn }))
    return { hash: sha256Hex(text), verdict: verify(text) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { hash: undefined, verdict: { outcome: 'invalid', fault: new LicenseFault('unreadable', error.message) } }
  }
}

/** Changes whenever the file does; undefined when there is none. */
async function signatureOf({ path, isOwn }: Watched): Promise<string | undefined> {
  try {
    const exactly = { bigint: true } as const
    const { dev, ino, size, mtimeNs, ctimeNs } = isOwn ? await lstat(path, exactly) : await stat(path, exactly)
    return [dev, ino, size, mtimeNs, ctimeNs].join()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : code
  }
}
