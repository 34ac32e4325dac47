import { EMAIL, type Install } from './install.ts'
import { PAST as ORGS_PAST } from './people.ts'

export const RARE_WORD = 'quagga'
/** Over these days the events of a log are spread, whatever their number. */
export const DAYS = 80
const DAY_MS = 24 * 60 * 60 * 1000
const NOISE_ORGS = 50
const PAST = 100_000
const ORG_EVENTS = 60

const ORG = `(select id from orgs where slug = 'acme')`
const ADA = `(select id from users where email = '${EMAIL}')`

/**
 * Fills the log of Ada's org with `count` events, and the logs of others with a tenth of that: six of ten are sign-ins, a
 * twentieth is hers, a hundredth holds the word `hopper` and a tenth of that `ångström`, and one in the middle the rare word.
 */
export async function addEvents(install: Install, count: number): Promise<void> {
  const noise = Math.ceil(count / 10)
  await install.sql(
    `insert into orgs (id, slug, name, created_at)
      ${counting(NOISE_ORGS)} select ${PAST} + i, 'noise-' || i, 'Noise', (select created_at from users where email = '${EMAIL}') from n`,
    eventsOf(install, noise, 0, `${PAST} + 1 + i % ${NOISE_ORGS}`),
    eventsOf(install, count, noise, ORG),
    install.engine === 'postgres' ? 'vacuum analyze audit_log' : 'select 1',
  )
}

/** Sixty events in the log of each org that `addOrgs` made. */
export async function addEventsOfOrgs(install: Install, orgs: number): Promise<void> {
  await install.sql(eventsOf(install, orgs * ORG_EVENTS, 0, `${ORGS_PAST} + 1 + i % ${orgs}`))
}

function eventsOf({ engine }: Install, count: number, past: number, org: string): string {
  const ms = `(${Date.now()} - cast(${count} - i as bigint) * ${(DAYS * DAY_MS) / count})`
  const at = engine === 'postgres' ? `to_timestamp(${ms} / 1000.0)` : ms
  const digits = `substr(cast(1000000000000 + ${past} + i as text), 2)`
  const action = `case when i % 10 < 6 then 'user.signed_in' when i % 10 < 8 then 'invite.created' else 'token.created' end`
  const words = `case when i % 10 < 6 then ' user signed in' when i % 10 < 8 then ' invite created' else ' token created' end
    || ' person' || (i % 500) || ' example com ' || i || ' 192x0x2x' || (i % 250) || ' 019c1a2b3c4d7e5f' || ${digits}
    || case when i % 100 = 7 then ' hopper' else '' end || case when i % 1000 = 7 then ' ångström' else '' end
    || case when i = ${Math.ceil(count / 2)} then ' ${RARE_WORD}' else '' end`
  const detail = `'{"user_id":' || (i % 500) || ',"email":"person' || (i % 500) || '@example.com"}'`
  return `insert into audit_log
    (event_id, org_id, action, actor_kind, actor_id, actor_label, detail, request_id, address, at, search_text)
    ${counting(count)}
    select '019c1a2b-3c4d-7e5f-8a9b-' || ${digits}, ${org}, ${action}, 'person',
      case when i % 20 = 3 then ${ADA} else 1000000 + i % 500 end, 'person' || (i % 500) || '@example.com',
      ${engine === 'postgres' ? `(${detail})::jsonb` : detail}, '019c1a2b-3c4d-7e5f-8000-' || ${digits},
      '192.0.2.' || (i % 250), ${at}, ${words} from n`
}

function counting(count: number): string {
  return `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})`
}
