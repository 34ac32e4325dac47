import { expect, test } from 'bun:test'
import { decideConfig } from '#config/config.ts'
import { readEnvironment } from '#config/environment.ts'

test('without a variable the defaults of the contract hold', () => {
  expect(decideConfig({})).toMatchObject({
    ...{
      host: '127.0.0.1',
      port: 8000,
      publicUrl: 'http://localhost:8000',
      isHttps: false,
      apexDomain: 'app.honeyframe.io',
    },
    ...{ jwtAlgorithm: 'HS256', jwtExpireMinutes: 60, corsAllowedOrigins: ['http://localhost:8000'], logLevel: 'info' },
    ...{ trustedProxies: ['127.0.0.1', '::1'], firstOrg: { slug: 'default', name: 'Default' }, smtp: undefined },
  })
  expect(decideConfig({}).dataDir).toBe(`${process.cwd()}/data`)
  expect(decideConfig({ DATA_DIR: '/srv/x' }).databaseUrl).toBe('sqlite:/srv/x/honeyframe.db')
  expect(decideConfig({ PORT: '9000' }).publicUrl).toBe('http://localhost:9000')
})

const GOOD: Record<string, string[]> = {
  PORT: ['0', '1', '65535'],
  PUBLIC_URL: [
    'https://data.example.com',
    'http://localhost:8000/',
    'https://data.example.com:8443',
    'HTTPS://DATA.example.com',
  ],
  DATABASE_URL: ['postgres://u:p@h/d', 'postgresql://h/d', 'sqlite:/srv/x.db'],
  JWT_ALGORITHM: ['HS256', 'HS384', 'HS512'],
  JWT_EXPIRE_MINUTES: ['1', '10080'],
  CORS_ALLOWED_ORIGINS: ['https://a.example, http://localhost:3000', ' '],
  TRUSTED_PROXIES: ['10.0.0.1', '127.0.0.1, ::1, 2001:db8::1'],
  EGRESS_ALLOW: ['127.0.0.1/32', '10.0.0.0/8, fd00::/8', '192.0.2.7', '::1', '0.0.0.0/0', ' '],
  LOG_LEVEL: ['debug', 'warn', 'error'],
  DBT_BIN: ['dbt', '/opt/dbt/bin/dbt', './dbt'],
}
const BAD: Record<string, string[]> = {
  DBT_BIN: ['-c', '--version'],
  PORT: ['-1', '65536', '80a', '1e3', ' 80', '0x50', '8000.0'],
  PUBLIC_URL: [
    'data.example.com',
    'ftp://data.example.com',
    'https://data.example.com/app',
    'https://data.example.com/?a',
    'https://u:p@data.example.com',
    'javascript:alert(1)',
    '//x',
  ],
  DATABASE_URL: ['mysql://h/d', 'sqlite:', '/srv/x.db', 'postgres:h'],
  JWT_ALGORITHM: ['none', 'HS1', 'RS256', 'hs256', 'toString'],
  JWT_EXPIRE_MINUTES: ['0', '10081', '-5', 'forever'],
  CORS_ALLOWED_ORIGINS: ['*', 'null', 'a.example', 'https://a.example/path', 'https://*.example'],
  TRUSTED_PROXIES: ['10.0.0.0/8', 'proxy.lan', '*', '127.0.0.1;::1', '1.2.3'],
  EGRESS_ALLOW: [
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10/8',
    'localhost',
    '*',
    'fe80::1%eth0',
    '10.0.0.0/8/8',
    '10.0.0.0/',
  ],
  LOG_LEVEL: ['verbose', 'INFO'],
}

for (const [variable, values] of Object.entries(GOOD)) {
  test(`${variable} takes what it should`, () => {
    for (const value of values) expect(() => decideConfig({ [variable]: value })).not.toThrow()
  })
}

for (const [variable, values] of Object.entries(BAD)) {
  test(`${variable} that cannot be used is refused in one sentence that names it`, () => {
    for (const value of values) {
      expect([value, refusalOf({ [variable]: value })]).toEqual([
        value,
        expect.stringMatching(new RegExp(`^${variable} must [^\\n]*\\.$`)),
      ])
    }
  })
}

function refusalOf(environment: Record<string, string>): string {
  try {
    decideConfig(environment)
    return 'accepted'
  } catch (error) {
    return error instanceof Error ? error.message : 'odd'
  }
}

test('mail goes by STARTTLS unless said otherwise, at the port that belongs to it', () => {
  const smtp = (tls?: string) => decideConfig({ SMTP_HOST: 'mail.example.com', ...(tls && { SMTP_TLS: tls }) }).smtp
  expect([smtp()?.tls, smtp()?.port]).toEqual(['starttls', 587])
  expect([smtp('tls')?.port, smtp('none')?.port]).toEqual([465, 25])
  expect(refusalOf({ SMTP_HOST: 'h', SMTP_TLS: 'ssl' })).toStartWith('SMTP_TLS must')
  expect(refusalOf({ SMTP_HOST: 'h', SMTP_PORT: '0' })).toStartWith('SMTP_PORT must')
})

test('an empty value counts as unset, and what we do not know is not read', () => {
  expect(readEnvironment({ PORT: '', HOST: '0.0.0.0', PATH: '/bin', __proto__: 'x' })).toEqual({ HOST: '0.0.0.0' })
})

test('a secret is no part of the configuration', () => {
  const canary = 'canary-secret-of-more-than-32-bytes'
  const config = decideConfig({
    JWT_SECRET: canary,
    JWT_SECRET_PREVIOUS: canary,
    SMTP_HOST: 'h',
    SMTP_PASSWORD: canary,
    ADMIN_PASSWORD: canary,
  })
  expect(JSON.stringify(config)).not.toContain(canary)
})
