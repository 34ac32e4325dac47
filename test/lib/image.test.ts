import { expect, test } from 'bun:test'
import { deflateSync } from 'node:zlib'
import { readPicture } from '#lib/image.ts'
import { encoded, noisyPng, PIXEL, pngOf, pngWith } from '#test/support/pictures.ts'

const SIDE_MAX = 2048
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const BMP = Buffer.from('Qk06AAAAAAAAADYAAAAoAAAAAQAAAAEAAAABABgAAAAAAAQAAAATCwAAEwsAAAAAAAAAAAAA////AA==', 'base64')
const SCRIPT = Buffer.from('<script>alert(1)</script>')

const read = (bytes: Uint8Array) => readPicture(bytes, SIDE_MAX)

test('a PNG, a JPEG and a WebP are what their bytes are', async () => {
  const png = pngOf(96, 32)
  expect(await read(png)).toEqual({ mediaType: 'image/png', width: 96, height: 32 })
  expect(await read(await encoded('jpeg', png))).toEqual({ mediaType: 'image/jpeg', width: 96, height: 32 })
  expect(await read(await encoded('webp', png))).toEqual({ mediaType: 'image/webp', width: 96, height: 32 })
  expect(await read(pngOf(SIDE_MAX, 2))).toMatchObject({ width: SIDE_MAX })
  expect(png).toEqual(pngOf(96, 32))
})

test('what is no picture, or one of another kind, is none', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
  )
  const others = [Buffer.from('hello'), svg, Buffer.from('<!doctype html><script>alert(1)</script>'), GIF, BMP, SCRIPT]
  for (const bytes of [new Uint8Array(), new Uint8Array(1), new Uint8Array(4096), ...others]) {
    expect([Buffer.from(bytes).toString('latin1', 0, 20), await read(bytes)]).toEqual([expect.any(String), undefined])
  }
})

test('one that was cut short anywhere is none', async () => {
  const png = pngOf(96, 32)
  for (const whole of [png, await encoded('jpeg', png), await encoded('webp', png)]) {
    expect(await read(whole)).toBeDefined()
    for (let length = 1; length < whole.length; length += Math.ceil(whole.length / 40)) {
      expect([length, await read(whole.subarray(0, length))]).toEqual([length, undefined])
    }
    expect(await read(whole.subarray(0, -1))).toBeUndefined()
  }
})

test('one with something behind its end, or with a head of another kind, is none', async () => {
  const png = pngOf(96, 32)
  const jpeg = await encoded('jpeg', png)
  const webp = await encoded('webp', png)
  for (const whole of [png, jpeg, webp]) expect(await read(Buffer.concat([whole, SCRIPT]))).toBeUndefined()
  expect(await read(Buffer.concat([png.subarray(0, 8), jpeg.subarray(8)]))).toBeUndefined()
  expect(await read(Buffer.concat([jpeg.subarray(0, 4), png.subarray(4)]))).toBeUndefined()
  expect(await read(Buffer.concat([png.subarray(0, 33), SCRIPT, png.subarray(-12)]))).toBeUndefined()
})

test('one that claims more pixels than are allowed is none, and is not unpacked to find out', async () => {
  const bomb = pngWith(50_000, 50_000, deflateSync(Buffer.alloc(20_000_000), { level: 9 }))
  expect(bomb.length).toBeLessThan(25_000)
  for (const bytes of [
    bomb,
    pngOf(SIDE_MAX + 1, 1),
    pngOf(1, SIDE_MAX + 1),
    pngWith(0, 0, deflateSync(Buffer.alloc(1))),
  ]) {
    const before = process.memoryUsage.rss()
    expect(await read(bytes)).toBeUndefined()
    expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000)
  }
})

test('a JPEG that has its pixels walked over again and again is none', async () => {
  const jpeg = Buffer.from(await new Bun.Image(pngOf(64, 64)).jpeg({ progressive: true }).bytes())
  const scan = jpeg.subarray(jpeg.lastIndexOf(Buffer.from('ffda', 'hex')), -2)
  const scannedAgain = (times: number) =>
    Buffer.concat([jpeg.subarray(0, -2), ...Array.from({ length: times }, () => scan), jpeg.subarray(-2)])
  expect(await read(scannedAgain(0))).toMatchObject({ mediaType: 'image/jpeg' })
  expect(await read(scannedAgain(40))).toMatchObject({ mediaType: 'image/jpeg' })
  expect(await read(scannedAgain(64))).toBeUndefined()
  expect(await read(scannedAgain(10_000))).toBeUndefined()
})

test('one with data of another size than it claims is none', async () => {
  expect(await read(pngWith(64, 64, deflateSync(Buffer.alloc(10))))).toBeUndefined()
  expect(await read(pngWith(64, 64, Buffer.from('no zlib at all')))).toBeUndefined()
})

test('others are served while the largest ones are decoded', async () => {
  const largest = [pngOf(SIDE_MAX, SIDE_MAX), noisyPng(256 * 1024), await encoded('jpeg', pngOf(SIDE_MAX, SIDE_MAX))]
  let longestMs = 0
  let last = performance.now()
  const pulse = setInterval(() => {
    const now = performance.now()
    longestMs = Math.max(longestMs, now - last)
    last = now
  }, 1)
  const read8 = largest.flatMap((bytes) => Array.from({ length: 8 }, () => read(bytes)))
  expect((await Promise.all(read8)).every((picture) => picture !== undefined)).toBe(true)
  clearInterval(pulse)
  expect(longestMs).toBeLessThan(250)
})

test('the smallest one is one', async () => {
  expect(await read(PIXEL)).toEqual({ mediaType: 'image/png', width: 1, height: 1 })
})
