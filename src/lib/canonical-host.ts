import { isIP } from 'node:net'
import { AppError } from '#core/errors.ts'

/** `invalid egress_refused`. */
export function egressRefused(message: string): AppError {
  return new AppError('invalid', 'egress_refused', message)
}

/** One spelling for `0x7f.1`, `2130706433`, `LOCALHOST.` and `[::1]`, the one that a connection would use. */
export function canonicalHost(host: string): string {
  const plain = isIP(host) === 6 ? `[${host}]` : host
  const url = /[\s/\\?#@%]|:\d*$/.test(plain) && !/^\[[\da-f:.]+\]$/i.test(plain) ? null : URL.parse(`http://${plain}/`)
  if (!url || url.hostname === '' || url.port !== '' || url.username !== '') {
    throw egressRefused('This is not the name of a host.')
  }
  return url.hostname.replace(/^\[|\]$|\.$/g, '')
}
