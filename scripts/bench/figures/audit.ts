import { medianMs } from '#scripts/bench/asking.ts'
import { residentMb } from '#scripts/bench/child.ts'
import { addEvents, DAYS, RARE_WORD } from '#scripts/bench/events.ts'
import type { Finding } from '#scripts/bench/finding.ts'
import { EMAIL, ENGINES, type Engine, makeInstall, type Served } from '#scripts/bench/install.ts'
import { warmUp } from '#scripts/bench/load.ts'
import { alternate, ratioOf, spreadOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'

const FEW = 1_000
const MANY = 1_000_000
const TIMES_MAX = 5
/** The collector's own ups and downs. */
const CSV_MB_MAX = 20
const SAMPLES = 500
const OLD = Math.floor(DAYS * 0.75)

const FILTERS: Readonly<Record<string, () => string>> = {
  'no filter': () => '',
  action: () => 'action=token.created',
  actor: () => `actor=${EMAIL}`,
  'actor and action': () => `actor=${EMAIL}&action=user.signed_in`,
  'old times': () => `before=${daysAgo(OLD)}`,
  'a rare word': () => `q=${RARE_WORD}`,
  'a common word': () => 'q=example',
  'a word of 1 in 100': () => 'q=hopper',
  'a word of 1 in 1,000': () => `q=${encodeURIComponent('ångström')}`,
  'two words': () => 'q=invite+hopper',
  'two frequent words that never meet': () => 'q=token+invite',
  'a beginning of many words': () => 'q=pers',
  'an address': () => 'q=192.0.2.77',
  'a word in old times': () => `q=example&before=${daysAgo(OLD)}`,
  'a word and an action': () => 'q=hopper&action=token.created',
  'nothing found': () => 'q=zebra',
}

/** What the first page of the audit log takes among 1,000,000 events, as a multiple of that among 1,000; and the memory of its CSV. */
export async function measureAudit(stage: Stage): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const engine of ENGINES) findings.push(...(await measureEngine(stage, engine)))
  return findings
}

async function measureEngine(stage: Stage, engine: Engine): Promise<Finding[]> {
  await using few = await serveWith(stage, engine, FEW)
  await using many = await serveWith(stage, engine, MANY)
  const subjects: Record<string, () => Promise<number>> = {}
  for (const [name, query] of Object.entries(FILTERS)) {
    for (const [size, { origin, headers }] of Object.entries({ few, many })) {
      const target = { url: `${origin}/api/audit-log?${query()}`, headers }
      if (name === 'no filter') await warmUp(target)
      subjects[`${name} ${size}`] = () => medianMs(target)
    }
  }
  const taken = await alternate(stage.rounds, subjects)
  const pages = Object.keys(FILTERS).flatMap((name): Finding[] => {
    const [own, base] = [taken[`${name} many`] ?? [], taken[`${name} few`] ?? []]
    return [
      { what: `audit ${engine}, ${name}`, value: ratioOf(own, base), unit: 'times', target: { atMost: TIMES_MAX } },
      { what: `audit ${engine}, ${name}, of ${MANY}`, value: spreadOf(own), unit: 'ms' },
    ]
  })
  const { gained, later } = await exportMb(many)
  const what = `audit ${engine}, CSV of ${MANY}, memory`
  return [
    ...pages,
    { what: `${what} gained`, value: spreadOf([gained]), unit: 'MB' },
    {
      what: `${what} of its second half above the first`,
      value: spreadOf([later]),
      unit: 'MB',
      target: { atMost: CSV_MB_MAX },
    },
  ]
}

type Ready = Served & Readonly<{ headers: Record<string, string>; events: number }>

async function serveWith(stage: Stage, engine: Engine, events: number): Promise<Ready> {
  const install = await makeInstall(stage, engine)
  await addEvents(install, events)
  const served = await install.serve()
  return { ...served, headers: { authorization: `Bearer ${await served.signIn()}` }, events }
}

/** While a client reads the whole export: the most memory above that of before, and that of the second half above the first. */
async function exportMb({ origin, headers, pid, events }: Ready): Promise<{ gained: number; later: number }> {
  const before = await residentMb(pid)
  const answer = await fetch(`${origin}/api/audit-log/export.csv`, { headers })
  const most = [before, before]
  const decoder = new TextDecoder()
  let [lines, looked] = [0, 0]
  for await (const chunk of answer.body ?? []) {
    lines += decoder.decode(chunk, { stream: true }).split('\r\n').length - 1
    if (lines - looked < events / SAMPLES) continue
    looked = lines
    const half = lines < events / 2 ? 0 : 1
    most[half] = Math.max(most[half] ?? 0, await residentMb(pid))
  }
  if (lines <= events) throw new Error(`the export of ${events} events has ${lines} lines`)
  const [first = 0, second = 0] = most
  return { gained: Math.max(first, second) - before, later: second - first }
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 24 * 60 * 60 * 1000).toISOString()
}
