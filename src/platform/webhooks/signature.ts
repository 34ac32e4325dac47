import { createHmac } from 'node:crypto'

type Signed = Readonly<{
  /** The event's id, the same at every attempt. */
  id: string
  /** Seconds since the Unix epoch. */
  timestamp: number
  body: string
  /** `whsec_…`; the first is the present one. */
  secrets: readonly string[]
}>

export const SECRET_PREFIX = 'whsec_'

/**
 * The headers that prove where a delivery comes from: `X-Honeyframe-Signature` over the body, as GitHub signs, and the three of
 * Standard Webhooks, which also tell a replay. While two secrets hold both sign, the present one in the first place; the
 * older scheme has one value a header, so the former secret's stands in a header of its own.
 */
export function signatureHeaders({ id, timestamp, body, secrets }: Signed): Record<string, string> {
  const [present = '', former] = secrets
  const standard = secrets.map((secret) => `v1,${hmac(keyOf(secret), `${id}.${timestamp}.${body}`, 'base64')}`)
  return {
    'x-honeyframe-signature': bodySignature(present, body),
    ...(former !== undefined && { 'x-honeyframe-signature-previous': bodySignature(former, body) }),
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': standard.join(' '),
  }
}

function bodySignature(secret: string, body: string): string {
  return `sha256=${hmac(Buffer.from(secret, 'utf8'), body, 'hex')}`
}

/** Standard Webhooks: the bytes behind the prefix. */
function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')
}

function hmac(key: Buffer, text: string, encoding: 'base64' | 'hex'): string {
  return createHmac('sha256', key).update(text, 'utf8').digest(encoding)
}
