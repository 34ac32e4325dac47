import { EMAIL, type Install } from './install.ts'

const DAYS = 365
const DAY_MS = 24 * 60 * 60 * 1000
const SOURCES = ['chat', 'agent', 'sql', 'dashboard']

/** Fills Ada's org with `count` usage events of a year, and with the counts of their days and months. */
export async function addUsage({ engine, sql }: Install, count: number): Promise<void> {
  const org = `(select org_id from user_orgs join users on users.id = user_id where email = '${EMAIL}')`
  const ms = `(${Date.now()} - cast(${count} - i as bigint) * ${Math.floor((DAYS * DAY_MS) / count)})`
  const isPostgres = engine === 'postgres'
  const source = `case ${SOURCES.map((name, place) => `when i % 5 = ${place} then '${name}'`).join(' ')} else '' end`
  await sql(
    `insert into usage_events (org_id, kind, source, outcome, at)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
      select ${org}, case when i % 5 = 4 then 'dbt.run' else 'llm.call' end, ${source},
        case when i % 20 = 0 then 'failed' else 'ok' end, ${isPostgres ? `to_timestamp(${ms} / 1000.0)` : ms} from n`,
    countsBy(isPostgres ? `to_char(at at time zone 'UTC', 'YYYY-MM-DD')` : `date(at / 1000, 'unixepoch')`),
    countsBy(
      `'month ' || ${isPostgres ? `to_char(at at time zone 'UTC', 'YYYY-MM')` : `strftime('%Y-%m', at / 1000, 'unixepoch')`}`,
    ),
    isPostgres ? 'vacuum analyze usage_events, usage_days' : 'select 1',
  )
}

function countsBy(stretch: string): string {
  return `insert into usage_days (org_id, day, kind, source, outcome, events)
    select org_id, ${stretch}, kind, source, outcome, count(*) from usage_events group by 1, 2, 3, 4, 5`
}
