import { expect, test } from 'bun:test'
import { vaultKeys } from '#core/vault/tables.ts'
import { keepIfMasked, MASK, openVault, type Purpose, type VaultOptions } from '#core/vault/vault.ts'
import { type Database, openDatabase } from '#db/database.ts'
import { systemClock } from '#lib/clock.ts'
import { systemRandom } from '#lib/random.ts'
import { openTestDatabase } from '#test/support/database.ts'

const SECRET = 'the-first-secret-of-at-least-32-bytes'
const NEXT_SECRET = 'the-second-secret-of-at-least-32-bytes'
const STRANGE_SECRET = 'a-strange-secret-of-at-least-32-bytes'
const PURPOSE: Purpose = { orgId: 1, table: 'smtp_relays', column: 'password', row: 7 }

function open(db: Database, secret = SECRET, rest: Partial<VaultOptions> = {}) {
  return openVault({ db, secret, random: systemRandom, clock: systemClock, ...rest })
}

test('what was sealed opens again, now and after a restart, whatever it is', async () => {
  await using test = await openTestDatabase()
  const vault = await open(test.db)
  const texts = [
    '',
    'a',
    'pässwörd ☕',
    '\0',
    '\ud83d\ude80'.repeat(500),
    'x'.repeat(100_000),
    MASK,
    '{"sealed":"v1."}',
  ]
  const envelopes = texts.map((text) => vault.seal(text, PURPOSE))
  const restarted = await open(test.db)
  expect(envelopes.map((envelope) => vault.open(envelope, PURPOSE))).toEqual(texts)
  expect(envelopes.map((envelope) => restarted.open(envelope, PURPOSE))).toEqual(texts)
})

test('200 random texts under random purposes open for theirs and for no other', async () => {
  await using test = await openTestDatabase()
  const vault = await open(test.db)
  const made = Array.from({ length: 200 }, (_, n) => {
    const bytes = systemRandom.bytes(1 + (n % 64))
    const text = Buffer.from(bytes).toString('latin1')
    const names = Buffer.from(systemRandom.bytes(3)).toString('latin1')
    const purpose = { orgId: n % 5, table: names.slice(0, 1), column: names.slice(1), row: n }
    return { text, purpose, envelope: vault.seal(text, purpose) }
  })
  for (const [n, { text, purpose, envelope }] of made.entries()) {
    expect(vault.open(envelope, purpose)).toBe(text)
    const other = made[(n + 1) % made.length]
    if (other) expect(() => vault.open(envelope, other.purpose)).toThrow()
  }
})

test('an envelope shows nothing of its text, and is another at every sealing', async () => {
  await using test = await openTestDatabase()
  const vault = await open(test.db)
  const [one, two] = [vault.seal('canary', PURPOSE), vault.seal('canary', PURPOSE)]
  expect(one).toMatch(/^v1\.1\.[\w-]{16}\.[\w-]{22}\.[\w-]{8}$/)
  expect(one).not.toBe(two)
  expect(one).not.toContain('canary')
})

const ELSEWHERE: Record<string, Purpose> = {
  'another row': { ...PURPOSE, row: 8 },
  'another table': { ...PURPOSE, table: 'webhooks' },
  'another column': { ...PURPOSE, column: 'username' },
  'another org': { ...PURPOSE, orgId: 2 },
  'the install': { ...PURPOSE, orgId: 0 },
  'a table and column that read alike when joined': { ...PURPOSE, table: 'smtp_relays.pass', column: 'word' },
  'a column that ends the list': { ...PURPOSE, column: 'password","7' },
}

for (const [name, purpose] of Object.entries(ELSEWHERE)) {
  test(`a secret copied to ${name} does not open`, async () => {
    await using test = await openTestDatabase()
    const vault = await open(test.db)
    const envelope = vault.seal('canary', PURPOSE)
    expect(() => vault.open(envelope, purpose)).toThrow(
      expect.objectContaining({ kind: 'internal', code: 'secret_unreadable' }),
    )
    expect(vault.open(envelope, { ...PURPOSE, row: '7' })).toBe('canary')
  })
}

test('an envelope with any one character changed, dropped or added does not open', async () => {
  await using test = await openTestDatabase()
  const vault = await open(test.db)
  const envelope = vault.seal('canary of odd length!', PURPOSE)
  for (let at = 0; at < envelope.length; at++) {
    const [before, after] = [envelope.slice(0, at), envelope.slice(at + 1)]
    for (const char of ['A', 'B', 'w', '_', '.', '=', '+', '']) {
      if (char !== envelope[at]) expect(() => vault.open(before + char + after, PURPOSE)).toThrow()
    }
    expect(() => vault.open(`${before}A${envelope.slice(at)}`, PURPOSE)).toThrow()
  }
  for (const tail of ['=', 'A', '.', '\n', ' ']) expect(() => vault.open(envelope + tail, PURPOSE)).toThrow()
  for (const text of ['', 'v1', 'v1....', 'v1.1...', 'plain']) expect(() => vault.open(text, PURPOSE)).toThrow()
  expect(vault.open(envelope, PURPOSE)).toBe('canary of odd length!')
})

test('the database holds the data key sealed only, once', async () => {
  await using test = await openTestDatabase()
  await open(test.db)
  await open(test.db)
  const rows = await test.db.select().from(vaultKeys)
  expect(rows).toHaveLength(1)
  expect(rows[0]?.sealed).toMatch(/^v1\.jwt\.[\w-]{16}\.[\w-]{22}\.[\w-]{43}$/)
})

test('ten nodes that boot at once on an empty database share one key', async () => {
  await using test = await openTestDatabase()
  await using second = await openDatabase({ url: test.url })
  const vaults = await Promise.all(Array.from({ length: 10 }, (_, n) => open(n % 2 ? test.db : second)))
  expect(await test.db.$count(vaultKeys)).toBe(1)
  for (const vault of vaults) {
    for (const other of vaults) expect(other.open(vault.seal('shared', PURPOSE), PURPOSE)).toBe('shared')
  }
})

test('of two first nodes with different secrets one is refused', async () => {
  await using test = await openTestDatabase()
  const outcomes = await Promise.allSettled([open(test.db, SECRET), open(test.db, STRANGE_SECRET)])
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(await test.db.$count(vaultKeys)).toBe(1)
})

test('a wrong secret is refused with a sentence that names the variable, and nothing is written', async () => {
  await using test = await openTestDatabase()
  const sealed = (await open(test.db)).seal('canary', PURPOSE)
  const before = await test.db.select().from(vaultKeys)
  for (const previousSecrets of [[], [`${STRANGE_SECRET}!`]]) {
    const opening = open(test.db, STRANGE_SECRET, { previousSecrets })
    await expect(opening).rejects.toMatchObject({
      kind: 'internal',
      code: 'vault_locked',
      message: expect.stringContaining('JWT_SECRET_PREVIOUS'),
    })
  }
  expect(await test.db.select().from(vaultKeys)).toEqual(before)
  expect((await open(test.db)).open(sealed, PURPOSE)).toBe('canary')
})

test('with the previous secret the key is wrapped anew, and what was sealed stays readable', async () => {
  await using test = await openTestDatabase()
  const sealed = (await open(test.db)).seal('canary', PURPOSE)
  const [before] = await test.db.select().from(vaultKeys)
  const rotated = await open(test.db, NEXT_SECRET, { previousSecrets: [SECRET] })
  expect(rotated.open(sealed, PURPOSE)).toBe('canary')
  const [after] = await test.db.select().from(vaultKeys)
  expect(after).toMatchObject({ id: 1, rewrappedAt: expect.any(Date) })
  expect(after?.sealed).not.toBe(before?.sealed)
  expect((await open(test.db, NEXT_SECRET)).open(sealed, PURPOSE)).toBe('canary')
  await expect(open(test.db, SECRET)).rejects.toMatchObject({ code: 'vault_locked' })
})

test('the previous secret is not asked when the present one opens', async () => {
  await using test = await openTestDatabase()
  await open(test.db)
  const before = await test.db.select().from(vaultKeys)
  await open(test.db, SECRET, { previousSecrets: [STRANGE_SECRET] })
  expect(await test.db.select().from(vaultKeys)).toEqual(before)
})

test('ten nodes that rotate at once keep the one key', async () => {
  await using test = await openTestDatabase()
  const sealed = (await open(test.db)).seal('canary', PURPOSE)
  const rotations = Array.from({ length: 10 }, () => open(test.db, NEXT_SECRET, { previousSecrets: [SECRET] }))
  for (const vault of await Promise.all(rotations)) expect(vault.open(sealed, PURPOSE)).toBe('canary')
  expect((await open(test.db, NEXT_SECRET)).open(sealed, PURPOSE)).toBe('canary')
})

test('another database has another key', async () => {
  await using one = await openTestDatabase()
  await using two = await openTestDatabase()
  const sealed = (await open(one.db)).seal('canary', PURPOSE)
  const stranger = await open(two.db)
  expect(() => stranger.open(sealed, PURPOSE)).toThrow()
})

test('the mask keeps what is set, and anything else replaces it', () => {
  expect(keepIfMasked('kept', MASK)).toBe('kept')
  expect(keepIfMasked('kept', 'new')).toBe('new')
  expect(keepIfMasked('kept', '')).toBe('')
  expect(keepIfMasked(null, MASK)).toBeNull()
})
