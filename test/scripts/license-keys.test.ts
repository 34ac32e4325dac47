import { describe, expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '#cli/arguments.ts'
import { DEVELOPMENT_LICENSE_KEYS } from '#config/development-license-key.ts'
import { licenseKeysForBuild, licenseKeysOf, readLicenseKeys } from '#scripts/license-keys.ts'

/** The last 32 bytes of the DER form are the key (RFC 8410 §4). */
const KEY = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)

function small(first: string, last = '00'): string {
  return Buffer.from(`${first}${'00'.repeat(30)}${last}`, 'hex').toString('base64')
}

describe('the licence keys of a build', () => {
  test('are 32-byte Ed25519 public keys by key id', () => {
    const keys = { '2025-a': KEY.toString('base64') }
    expect(licenseKeysOf(keys)).toEqual(keys)
    expect(licenseKeysOf({})).toEqual({})
  })

  const wrong: [what: string, value: unknown, message: string][] = [
    ['a list', [], 'must hold one JSON object of key ids and keys.'],
    ['nothing', null, 'must hold one JSON object of key ids and keys.'],
    ['a short key', { a: KEY.subarray(1).toString('base64') }, '"a" must be the base64 of 32 bytes.'],
    ['a long key', { a: Buffer.concat([KEY, KEY]).toString('base64') }, '"a" must be the base64 of 32 bytes.'],
    ['a key in hex', { a: KEY.toString('hex') }, '"a" must be the base64 of 32 bytes.'],
    ['a key with a typing error', { a: `${KEY.toString('base64')}!` }, '"a" must be the base64 of 32 bytes.'],
    ['a key that is no text', { a: 32 }, '"a" must be the base64 of 32 bytes.'],
    ['a key of zeros', { a: Buffer.alloc(32).toString('base64') }, '"a" is a key that anybody can sign for.'],
    ['a key of the neutral point', { a: small('01') }, '"a" is a key that anybody can sign for.'],
    ['a key of small order with its sign', { a: small('00', '80') }, '"a" is a key that anybody can sign for.'],
    ['a key id with a space', { 'a b': KEY.toString('base64') }, '"a b" is no key id'],
  ]

  for (const [what, value, message] of wrong) {
    test(`with ${what} are refused`, () => {
      expect(() => licenseKeysOf(value)).toThrow(message)
    })
  }

  test('are read from a file, and a fault names the file', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'hf-keys-')), 'keys.json')
    await Bun.write(path, JSON.stringify({ a: KEY.toString('base64') }))
    expect(await readLicenseKeys(path)).toEqual({ a: KEY.toString('base64') })
    await Bun.write(path, '{')
    await expect(readLicenseKeys(path)).rejects.toThrow(UsageError)
    await expect(readLicenseKeys(`${path}.missing`)).rejects.toThrow(`--license-keys ${path}.missing: ENOENT`)
  })
  test('that stand in the file twice are refused, since one of them would count for nothing', async () => {
    const path = await keysFile(`{"a":"${KEY.toString('base64')}","\\u0061":"${KEY.toString('base64')}"}`)
    await expect(readLicenseKeys(path)).rejects.toThrow('The key "a" stands twice.')
  })

  test('without a file are the development key, which no release takes', async () => {
    const own = await keysFile(JSON.stringify({ a: KEY.toString('base64') }))
    expect(await licenseKeysForBuild(undefined, false)).toEqual(DEVELOPMENT_LICENSE_KEYS)
    expect(await licenseKeysForBuild(own, false)).toEqual({ a: KEY.toString('base64') })
    expect(await licenseKeysForBuild(own, true)).toEqual({ a: KEY.toString('base64') })
    await expect(licenseKeysForBuild(undefined, true)).rejects.toThrow('--release needs --license-keys FILE.')
    const renamed = JSON.stringify({ a: KEY.toString('base64'), b: DEVELOPMENT_LICENSE_KEYS.development })
    for (const text of ['{}', renamed]) {
      const path = await keysFile(text)
      await expect(licenseKeysForBuild(path, true)).rejects.toThrow(UsageError)
      expect(Object.keys(await licenseKeysForBuild(path, false))).toEqual(Object.keys(JSON.parse(text)))
    }
  })
})

async function keysFile(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'hf-keys-')), 'keys.json')
  await Bun.write(path, text)
  return path
}
