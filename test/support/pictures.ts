import { crc32, deflateSync } from 'node:zlib'

/** PNG (RFC 2083), colour type 6: red, green, blue and alpha of eight bits. */
const RGBA = [8, 6, 0, 0, 0]
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')

export type Rgba = readonly [red: number, green: number, blue: number, alpha: number]

/** A PNG in one colour. */
export function pngOf(width: number, height: number, color: Rgba = [232, 163, 23, 255]): Uint8Array<ArrayBuffer> {
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 4, Buffer.from(color))])
  return pngWith(width, height, deflateSync(Buffer.concat(Array.from({ length: height }, () => row)), { level: 9 }))
}

/** A PNG whose head claims a size, whatever its data holds; `extra` are chunks before the data, such as a text. */
export function pngWith(
  width: number,
  height: number,
  data: Uint8Array,
  extra: readonly [type: string, data: Uint8Array][] = [],
): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set(RGBA, 8)
  const chunks: [string, Uint8Array][] = [['IHDR', head], ...extra, ['IDAT', data], ['IEND', new Uint8Array()]]
  return new Uint8Array(Buffer.concat([SIGNATURE, ...chunks.map(([type, bytes]) => chunkOf(type, bytes))]))
}

/** A PNG that is as large as it says, of noise that does not shrink. */
export function noisyPng(bytes: number): Uint8Array<ArrayBuffer> {
  const frame = pngWith(1, 1, deflateSync(Buffer.from([0, 1, 2, 3, 4])), [['teXt', new Uint8Array()]]).length
  const noise = new Uint8Array(bytes - frame).fill(120)
  return pngWith(1, 1, deflateSync(Buffer.from([0, 1, 2, 3, 4])), [['teXt', noise]])
}

/** The same picture as JPEG or WebP. */
export async function encoded(format: 'jpeg' | 'webp', png: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const picture = new Bun.Image(png)
  return new Uint8Array(await (format === 'jpeg' ? picture.jpeg() : picture.webp()).bytes())
}

/** The smallest logo there is. */
export const PIXEL = pngOf(1, 1)

function chunkOf(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write(type, 4, 'latin1')
  chunk.set(data, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
  return chunk
}
