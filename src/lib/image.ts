/** The pictures that may be shown, by the name a decoder gives them. */
const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
])
export const IMAGE_TYPES: readonly string[] = [...MEDIA_TYPES.values()]

const PNG_END = Buffer.from('0000000049454e44ae426082', 'hex')
const JPEG_END = Buffer.from('ffd9', 'hex')
const RIFF_HEAD_BYTES = 8

export type Picture = Readonly<{ mediaType: string; width: number; height: number }>

/**
 * What picture these bytes are, whatever their sender calls them: they are decoded whole, on a thread of Bun's own.
 * Undefined for what is no PNG, JPEG or WebP, is broken or cut short, has something after its end, or is wider or higher than
 * `sideMax` pixels, which is known before a pixel is unpacked.
 */
export async function readPicture(bytes: Uint8Array, sideMax: number): Promise<Picture | undefined> {
  if (bytes.byteLength === 0) return undefined
  const options = { maxPixels: sideMax * sideMax }
  try {
    const { format, width, height } = await new Bun.Image(bytes, options).metadata()
    const mediaType = MEDIA_TYPES.get(format)
    if (mediaType === undefined || Math.max(width, height) > sideMax || !isWhole(format, bytes)) return undefined
    await new Bun.Image(bytes, options).resize(1, 1).png().bytes()
    return { mediaType, width, height }
  } catch {
    return undefined
  }
}

/** Decoders make do with a JPEG that was cut short, and none looks behind the end. */
function isWhole(format: string, bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (format === 'png') return buffer.subarray(-PNG_END.length).equals(PNG_END)
  if (format === 'jpeg') return buffer.subarray(-JPEG_END.length).equals(JPEG_END)
  return buffer.length >= RIFF_HEAD_BYTES && buffer.readUInt32LE(4) === buffer.length - RIFF_HEAD_BYTES
}
