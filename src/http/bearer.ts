import jwtPlugin from '@elysiajs/jwt'
import type { Config } from '#config/config.ts'
import type { Secrets } from '#config/secrets.ts'
import type { Clock } from '#lib/clock.ts'
import { addMs, DAY_MS, dateOfMs, MINUTE_MS } from '#lib/clock.ts'
import type { Random } from '#lib/random.ts'

export const SESSION_AGE_MAX_MS = 7 * DAY_MS
const ISSUER = 'honeyframe'
const AUDIENCE = 'platform'
const DEVICE_AUDIENCE = 'device'
const VERIFIED_MAX = 10_000

/** What a session's token says. `startedAt` survives renewal and bounds the session's whole age. */
export type Claims = Readonly<{
  userId: number
  version: number
  jti: string
  orgId: number | undefined
  startedAt: Date
  expiresAt: Date
}>

export type NewSession = Readonly<{
  userId: number
  version: number
  role: string | undefined
  orgId: number | undefined
  /** Both absent at sign-in; kept at renewal. */
  jti?: string
  startedAt?: Date
}>

/** Signs and verifies JWTs (RFC 7519, JWS by `jose` through `@elysiajs/jwt`). The only place that holds `JWT_SECRET` while serving. */
export function createBearer(config: Config, secrets: Secrets, clock: Clock, random: Random) {
  const { jwt } = jwtPlugin({ secret: secrets.jwtSecret, alg: config.jwtAlgorithm, iss: ISSUER }).decorator
  const verified = new Map<string, Claims>()
  const options = { algorithms: [config.jwtAlgorithm], issuer: ISSUER, requiredClaims: ['exp', 'jti'] }

  async function verifyAfresh(token: string): Promise<Claims | undefined> {
    const payload = await jwt.verify(token, { ...options, audience: AUDIENCE, currentDate: clock.now() })
    const claims = payload && claimsOf(payload)
    if (claims) rememberVerified(verified, token, claims)
    return claims || undefined
  }

  return {
    /** The claims of a token we signed and that has not expired; the signature is checked once a token. */
    async verify(token: string): Promise<Claims | undefined> {
      const known = verified.get(token)
      if (!known) return await verifyAfresh(token)
      return known.expiresAt > clock.now() ? known : undefined
    },

    /** A token for `JWT_EXPIRE_MINUTES`, never beyond 7 days after the session's start. */
    async sign(session: NewSession): Promise<{ token: string; claims: Claims }> {
      const now = clock.now()
      const startedAt = session.startedAt ?? now
      const idleEnd = addMs(now, config.jwtExpireMinutes * MINUTE_MS).getTime()
      const expiresAt = wholeSecond(Math.min(idleEnd, startedAt.getTime() + SESSION_AGE_MAX_MS))
      const claims = {
        ...session,
        jti: session.jti ?? random.uuid(),
        startedAt: wholeSecond(startedAt.getTime()),
        expiresAt,
      }
      const token = await jwt.sign({
        user_id: session.userId,
        role: session.role ?? null,
        org_id: session.orgId ?? null,
        ver: session.version,
        jti: claims.jti,
        auth_time: seconds(claims.startedAt),
        aud: AUDIENCE,
        exp: seconds(expiresAt),
      })
      return { token, claims }
    },

    /** Marks a browser that signed in to an account, so that a stranger's guesses never count against it. */
    signDevice(account: string): Promise<string> {
      return jwt.sign({ account, jti: random.uuid(), aud: DEVICE_AUDIENCE, exp: '400d' })
    },

    /** The id of a browser that signed in to this account before. */
    async verifyDevice(token: string, account: string): Promise<string | undefined> {
      const payload = await jwt.verify(token, { ...options, audience: DEVICE_AUDIENCE, currentDate: clock.now() })
      return payload && Reflect.get(payload, 'account') === account ? payload.jti : undefined
    },
  }
}

export type Bearer = ReturnType<typeof createBearer>

function claimsOf(payload: Readonly<Record<string, unknown>>): Claims | undefined {
  const { user_id: userId, ver: version, org_id: orgId, jti, exp, auth_time: startedAt } = payload
  if (!isWhole(userId) || !isWhole(version) || typeof jti !== 'string') return undefined
  if (typeof exp !== 'number' || typeof startedAt !== 'number') return undefined
  return {
    userId,
    version,
    jti,
    orgId: isWhole(orgId) ? orgId : undefined,
    startedAt: dateOfMs(startedAt * 1000),
    expiresAt: dateOfMs(exp * 1000),
  }
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function rememberVerified(verified: Map<string, Claims>, token: string, claims: Claims): void {
  if (verified.size >= VERIFIED_MAX) verified.clear()
  verified.set(token, claims)
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}

function wholeSecond(ms: number): Date {
  return dateOfMs(Math.floor(ms / 1000) * 1000)
}
