import { expect, test } from 'bun:test'
import { hashPassword, PASSWORD_COST, verifyPassword } from '#lib/password.ts'
import { passwordFault } from '#lib/password-rules.ts'

const CHEAP = { memoryCost: 8, timeCost: 1 }

test('a hash is argon2id with the cost asked for, one lane and a salt of its own', async () => {
  const hash = await hashPassword('honest ocelot 9', PASSWORD_COST)
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await hashPassword('honest ocelot 9', PASSWORD_COST)).not.toBe(hash)
})

test('the password of a hash is accepted and every other is not', async () => {
  const hash = await hashPassword('honest ocelot 9', CHEAP)
  expect(await verifyPassword('honest ocelot 9', hash, CHEAP)).toBe(true)
  for (const wrong of ['honest ocelot', 'Honest ocelot 9', 'honest ocelot 9 ', '', '\0', 'x'.repeat(1_000_000)]) {
    expect(await verifyPassword(wrong, hash, CHEAP)).toBe(false)
  }
})

test('the same letters typed on another keyboard open the same account', async () => {
  const hash = await hashPassword('caf\u00e9 au lait 12', CHEAP)
  expect(await verifyPassword('cafe\u0301 au lait 12', hash, CHEAP)).toBe(true)
  expect(await verifyPassword('cafe au lait 12', hash, CHEAP)).toBe(false)
})

test('nothing that is no hash is accepted, and nothing throws', async () => {
  for (const hash of ['', 'x', '$argon2id$', '$2b$10$', '$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA', undefined]) {
    expect(await verifyPassword('honest ocelot 9', hash, CHEAP)).toBe(false)
    expect(await verifyPassword('', hash, CHEAP)).toBe(false)
  }
})

test('no account takes as long as a wrong password', async () => {
  const cost = { memoryCost: 16_384, timeCost: 2 }
  const hash = await hashPassword('honest ocelot 9', cost)
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let round = 0; round < 9; round++) {
    for (const [name, value] of [
      ['known', hash],
      ['unknown', undefined],
    ] as const) {
      const startedAt = performance.now()
      await verifyPassword('a wrong password', value, cost)
      times[name].push(performance.now() - startedAt)
    }
  }
  // The least of each: whatever else the machine does can only add.
  const ratio = Math.min(...times.unknown) / Math.min(...times.known)
  expect(ratio).toBeGreaterThan(0.6)
  expect(ratio).toBeLessThan(1.7)
})

const EMAIL = 'grace.hopper.1906@example.org'

for (const password of [
  'honest ocelot 9',
  'x7#kQ!m2@vLp',
  '☕'.repeat(12),
  'aaaaaaaaaaab',
  'z'.repeat(1_024).replace('z', 'y'),
]) {
  test(`${JSON.stringify(password.slice(0, 20))} may be chosen`, () => {
    expect(passwordFault(password, EMAIL)).toBeUndefined()
  })
}

for (const [password, words] of [
  ['honest ocel', 'at least 12'],
  ['☕'.repeat(11), 'at least 12'],
  ['y'.repeat(1_025), 'at most 1024'],
  ['honest\0ocelot 9', 'NUL'],
  [EMAIL, 'e-mail'],
  [EMAIL.toUpperCase(), 'e-mail'],
  ['grace.hopper.1906', 'e-mail'],
  [' Grace.Hopper.1906 ', 'e-mail'],
  ['password1234', 'attackers'],
  ['PassWord1234', 'attackers'],
  ['123456789012', 'attackers'],
  ['qwertyuiop123', 'attackers'],
  ['ａｄｍｉｎｉｓｔｒａｔｏｒ', 'attackers'],
] as const) {
  test(`${JSON.stringify(password.slice(0, 20))} (${password.length}) may not be chosen: ${words}`, () => {
    expect(passwordFault(password, EMAIL)).toContain(words)
  })
}
