/** The pictures that may be shown, by the name a decoder gives them. */
const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
])
export const IMAGE_TYPES: readonly string[] = [...MEDIA_TYPES.values()]

const PNG_END = Buffer.from('0000000049454e44ae426082', 'hex')
const JPEG_END = Buffer.from('ffd9', 'hex')
const JPEG_SCAN = Buffer.from('ffda', 'hex')
/** Pictures have about ten. Each is a walk over all pixels, and 16 bytes are enough for one: thousands would take minutes. */
const JPEG_SCANS_MAX = 64
const RIFF_HEAD_BYTES = 8

export type Picture = Readonly<{ mediaType: string; width: number; height: number }>

/**
 * What picture these bytes are, whatever their sender calls them: they are decoded whole, on a thread of Bun's own.
 * Undefined for what is no PNG, JPEG or WebP, is broken or cut short, has something after its end, is wider or higher than
 * `sideMax` pixels, or would take long to decode: the last two are known before a pixel is unpacked.
 */
export async function readPicture(bytes: Uint8Array, sideMax: number): Promise<Picture | undefined> {
  if (bytes.byteLength === 0) return undefined
  const options = { maxPixels: sideMax * sideMax }
  try {
    const { format, width, height } = await new Bun.Image(bytes, options).metadata()
    const mediaType = MEDIA_TYPES.get(format)
    if (mediaType === undefined || Math.max(width, height) > sideMax || !isSound(format, bytes)) return undefined
    await new Bun.Image(bytes, options).resize(1, 1).png().bytes()
    return { mediaType, width, height }
  } catch {
    return undefined
  }
}

/** Decoders make do with a JPEG that was cut short or scanned without end, and none looks behind the end. */
function isSound(format: string, bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (format === 'png') return buffer.subarray(-PNG_END.length).equals(PNG_END)
  if (format === 'jpeg') return buffer.subarray(-JPEG_END.length).equals(JPEG_END) && scansOf(buffer) <= JPEG_SCANS_MAX
  return buffer.length >= RIFF_HEAD_BYTES && buffer.readUInt32LE(4) === buffer.length - RIFF_HEAD_BYTES
}

function scansOf(jpeg: Buffer): number {
  let scans = 0
  for (let at = jpeg.indexOf(JPEG_SCAN); at >= 0; at = jpeg.indexOf(JPEG_SCAN, at + 2)) scans += 1
  return scans
}
