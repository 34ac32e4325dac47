const CSP = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ')

const HSTS_SECONDS = 365 * 24 * 60 * 60

/** Over TLS only: on plain http browsers ignore both (RFC 6797 §8.1), and complain of the second in the console. */
export const STRICT_TRANSPORT = {
  'strict-transport-security': `max-age=${HSTS_SECONDS}`,
  'cross-origin-opener-policy': 'same-origin',
} as const

/** Headers of every answer, built once. */
export function standingHeaders(isHttps: boolean): Record<string, string> {
  return {
    'content-security-policy': CSP,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
    vary: 'Origin',
    ...(isHttps && STRICT_TRANSPORT),
  }
}
