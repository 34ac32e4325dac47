import type { Install } from './install.ts'

const SECOND_MS = 1_000
const PAST_MS = 1_700_000_000_000

/** Adds usage events to Ada's org, a second apart, with what the database itself would learn of them. */
export async function addUsage(install: Install, count: number): Promise<void> {
  const ms = `(${PAST_MS} + i * ${SECOND_MS})`
  const isPostgres = install.engine === 'postgres'
  const at = isPostgres ? `to_timestamp(${ms} / 1000.0)` : ms
  await install.sql(
    `insert into usage_events (org_id, kind, source, outcome, at)
      with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < ${count})
      select (select id from orgs where slug = 'acme'), case i % 5 when 0 then 'dbt.run' else 'llm.call' end,
        case i % 5 when 0 then '' when 1 then 'agent' else 'chat' end, case i % 50 when 0 then 'failed' else 'ok' end, ${at} from n`,
    isPostgres ? 'vacuum analyze usage_events' : 'select 1',
  )
}
