import { dropCookie, readCookie, setCookie } from '#http/cookies.ts'
import type { Toast } from '#views/ui/toast.tsx'

const TOAST_COOKIE = 'hf_toast'
const TOAST_SECONDS = 60
const TEXT_CHARS_MAX = 300
const TONES = ['success', 'info', 'danger'] as const

/** Keeps a sentence for the next page the browser opens. */
export function leaveToast(request: Request, toast: Toast): void {
  const text = JSON.stringify({ tone: toast.tone, text: toast.text.slice(0, TEXT_CHARS_MAX) })
  setCookie(request, TOAST_COOKIE, Buffer.from(text).toString('base64url'), TOAST_SECONDS)
}

/** The sentence the form before left, once. Anyone can plant a cookie, so it is text and nothing else. */
export function takeToasts(request: Request): Toast[] {
  const cookie = readCookie(request, TOAST_COOKIE)
  if (!cookie) return []
  dropCookie(request, TOAST_COOKIE)
  const toast = parseToast(Buffer.from(cookie, 'base64url').toString('utf8'))
  return toast ? [toast] : []
}

function parseToast(json: string): Toast | undefined {
  try {
    const { tone, text } = JSON.parse(json)
    const known = TONES.find((candidate) => candidate === tone)
    return known && typeof text === 'string' ? { tone: known, text: text.slice(0, TEXT_CHARS_MAX) } : undefined
  } catch {
    return undefined
  }
}
