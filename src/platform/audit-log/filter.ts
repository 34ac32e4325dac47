import { type Action, isAction } from '#core/audit/actions.ts'
import { AppError } from '#core/errors.ts'
import { addMs, DAY_MS, parseDate } from '#lib/clock.ts'
import { normalizeEmail } from '#lib/email.ts'
import { wordsOf } from '#lib/words.ts'

/** More words than anybody types narrow nothing any more. */
const SEARCH_WORDS_MAX = 16
const SEARCH_CHARS_MAX = 1_000

export type AuditFilter = Readonly<{
  /** What concerns the whole install and no org; for superadmins. */
  isInstall: boolean
  action: Action | undefined
  actor: number | string | undefined
  /** Beginnings of words that must all be there; none when what was typed has no letter and no digit: nothing is found. */
  words: readonly string[] | undefined
  /** Inclusive. */
  after: Date | undefined
  /** Exclusive. */
  before: Date | undefined
}>

type Typed = Readonly<{
  action?: string | undefined
  actor?: string | undefined
  q?: string | undefined
  after?: string | undefined
  before?: string | undefined
}>

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i
const DAY = /^\d{4}-\d\d-\d\d$/

/**
 * A filter as it was typed; what is absent or empty does not narrow. `actor` is a user's id or e-mail, `after` and `before`
 * are times (RFC 3339 §5.6), `q` is free text. Error: `invalid_query` (invalid), with the field.
 */
export function filterOf(typed: Typed, isInstall: boolean): AuditFilter {
  return {
    isInstall,
    action: actionOf(typed.action),
    actor: actorOf(typed.actor),
    words: searchWordsOf(typed.q),
    after: timeOf('after', typed.after),
    before: timeOf('before', typed.before),
  }
}

/** The same for whole days (UTC), `from` and `to` included. Error: `invalid_query` (invalid), with the field. */
export function filterOfDays(
  typed: Pick<Typed, 'action' | 'actor' | 'q'> & Readonly<{ from: string; to: string }>,
  isInstall: boolean,
): AuditFilter {
  const to = dayOf('to', typed.to)
  const range = { after: dayOf('from', typed.from), before: to && addMs(to, DAY_MS) }
  return { ...filterOf({ action: typed.action, actor: typed.actor, q: typed.q }, isInstall), ...range }
}

function actionOf(text: string | undefined): Action | undefined {
  if (!text) return undefined
  if (isAction(text)) return text
  throw refusal('action', 'There is no such action.')
}

function actorOf(text: string | undefined): number | string | undefined {
  const actor = text?.trim()
  if (!actor) return undefined
  if (/^[1-9]\d{0,14}$/.test(actor)) return Number(actor)
  const email = normalizeEmail(actor)
  if (email !== undefined) return email
  throw refusal('actor', "The actor is a user's e-mail or id.")
}

function searchWordsOf(text: string | undefined): string[] | undefined {
  return text?.trim() ? wordsOf(text.slice(0, SEARCH_CHARS_MAX), SEARCH_WORDS_MAX) : undefined
}

function timeOf(field: string, text: string | undefined): Date | undefined {
  if (!text) return undefined
  const time = TIME.test(text) ? parseDate(text) : undefined
  if (time) return time
  throw refusal(field, `${field} is a time such as 2026-01-31T09:00:00Z.`)
}

function dayOf(field: string, text: string): Date | undefined {
  if (!text) return undefined
  const day = DAY.test(text) ? parseDate(`${text}T00:00:00Z`) : undefined
  // ECMAScript reads the 31st of February as a day of March, which nobody asked for.
  if (day?.toISOString().startsWith(text)) return day
  throw refusal(field, 'A day is written as 2026-01-31.')
}

function refusal(field: string, message: string): AppError {
  return new AppError('invalid', 'invalid_query', message, { field })
}

/** Whether the whole install is asked for; `superadmin_only` (forbidden) when it is, by anyone but a superadmin. */
export function requireOperator(isInstall: boolean, isSuperadmin: boolean): boolean {
  if (!isInstall || isSuperadmin) return isInstall
  throw new AppError('forbidden', 'superadmin_only', 'Only the operator of this install can do this.')
}
