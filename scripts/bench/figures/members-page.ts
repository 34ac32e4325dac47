import type { Finding } from '#scripts/bench/finding.ts'
import { ENGINES, type Install, makeInstall, type Served } from '#scripts/bench/install.ts'
import { measureLoad, warmUp } from '#scripts/bench/load.ts'
import { startPeer } from '#scripts/bench/peer.ts'
import { addTeammates } from '#scripts/bench/people.ts'
import { alternate, ratioOf, spreadOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'

const ROWS = 50
const SHARE_MIN = 0.4
const BYTES_TOLERANCE = 0.02

/** `GET /members` with 50 rows, the whole page, beside a compiled server that renders the same component from an array. */
export async function measureMembersPage(stage: Stage): Promise<Finding[]> {
  const sqlite = await makeInstall(stage, 'sqlite')
  const postgres = await makeInstall(stage, 'postgres')
  await addTeammates(sqlite, ROWS)
  await addTeammates(postgres, ROWS)
  await using onSqlite = await sqlite.serve()
  await using onPostgres = await postgres.serve()
  const targets = { sqlite: await targetOf(onSqlite), postgres: await targetOf(onPostgres) }
  await using bare = await startPeer(stage, 'members-page.tsx', '/members', JSON.stringify(await peopleOf(sqlite)))
  const bareTarget = { url: `${bare.origin}/members` }
  await assertAlike(targets.sqlite, bareTarget)
  await assertAlike(targets.postgres, bareTarget)
  for (const target of [bareTarget, targets.sqlite, targets.postgres]) await warmUp(target)
  const rates = await alternate(stage.rounds, {
    bare: async () => (await measureLoad(bareTarget, stage.seconds)).perSecond,
    sqlite: async () => (await measureLoad(targets.sqlite, stage.seconds)).perSecond,
    postgres: async () => (await measureLoad(targets.postgres, stage.seconds)).perSecond,
  })
  const shares = ENGINES.map((engine): Finding => {
    const value = ratioOf(rates[engine], rates.bare)
    return { what: `/members ${engine} to bare`, value, unit: 'times', target: { atLeast: SHARE_MIN } }
  })
  const told = Object.entries(rates).map(
    ([name, values]): Finding => ({ what: `/members ${name}`, value: spreadOf(values), unit: 'a second' }),
  )
  return [...shares, ...told]
}

export async function targetOf(served: Served) {
  return { url: `${served.origin}/members`, headers: { cookie: `hf_session=${await served.signIn()}` } }
}

function peopleOf(install: Install): Promise<Record<string, unknown>[]> {
  return install.sql(
    `select u.id, u.name, u.email, m.role from user_orgs m join users u on u.id = m.user_id order by m.id`,
  )
}

type Page = Readonly<{ url: string; headers?: Record<string, string> }>

/** The two pages differ in ages and addresses of assets only, so their rows are counted and their sizes compared. */
async function assertAlike(product: Page, bare: Page): Promise<void> {
  const [own, other] = await Promise.all([product, bare].map(async ({ url, headers = {} }) => htmlOf(url, headers)))
  if (own === undefined || other === undefined) throw new Error('a page is missing')
  if (Math.abs(own.length / other.length - 1) > BYTES_TOLERANCE) {
    throw new Error(`the page has ${own.length} characters, that of the peer ${other.length}`)
  }
}

async function htmlOf(url: string, headers: Record<string, string>): Promise<string> {
  const html = await (await fetch(url, { headers, redirect: 'manual' })).text()
  const rows = html.split('<tr>').length - 2
  if (rows !== ROWS) throw new Error(`${url} shows ${rows} rows: ${html.slice(0, 300)}`)
  return html
}
