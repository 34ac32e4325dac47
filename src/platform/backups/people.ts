import type { Context } from '#core/context.ts'
import { users } from '#core/tenancy/tables.ts'
import { requireName } from '#core/tenancy/user.ts'
import type { Tx } from '#db/database.ts'
import { takeIds } from '#db/ids.ts'
import { tableIn } from '#db/sql-text.ts'
import { normalizeEmail } from '#lib/email.ts'
import { archiveInvalid } from '#lib/tar-header.ts'
import { endOfTurn } from '#lib/turn.ts'
import type { Plan } from './plan.ts'

/** Whom each person of a backup is here. `email` and `name` only of those who have no account yet. */
export const PEOPLE = 'people'
const AT_ONCE = 200

type NewPerson = Readonly<{ id: number; email: string; name: string }>

/** Finds everybody by e-mail; members without an account get the id that theirs will have. Error: `archive_invalid` (invalid). */
export async function findPeople(ctx: Context, { sql, isTrial }: Plan): Promise<void> {
  const { scratch, live } = sql.names
  const [people, then, members] = [PEOPLE, 'users', 'user_orgs'].map((name) => tableIn(scratch, name))
  const now = tableIn(live, 'users')
  await sql.run(`insert into ${people} (old, new) select s.id, u.id from ${then} s join ${now} u on u.email = s.email`)
  const needy = `from ${then} s where exists (select 1 from ${members} m where m.user_id = s.id)
    and not exists (select 1 from ${people} p where p.old = s.id)`
  const [row] = await sql.run(`select count(*) as n ${needy}`)
  const count = Number(row?.n)
  if (count === 0) return
  const next = await takeIds(ctx.db, live, 'users', isTrial ? 'none' : count)
  await sql.run(`insert into ${people} (old, new, email, name) select s.id, ${next('s.id')}, s.email, s.name ${needy}`)
  for await (const some of newPeople(sql)) some.forEach(assertSound)
}

/** Makes the accounts, without a password: each opens by a link that its owner asks for. False when somebody else made one meanwhile. */
export async function createPeople(ctx: Context, tx: Tx, { sql }: Plan): Promise<boolean> {
  const createdAt = ctx.clock.now()
  for await (const some of newPeople(sql)) {
    const rows = some.map((person) => ({ ...person, passwordHash: null, createdAt }))
    const made = await tx.insert(users).values(rows).onConflictDoNothing().returning({ id: users.id })
    if (made.length < rows.length) return false
  }
  return true
}

export async function countNewPeople({ sql }: Plan): Promise<number> {
  const [row] = await sql.run(`select count(*) as n from ${tableIn(sql.names.scratch, PEOPLE)} where email is not null`)
  return Number(row?.n)
}

async function* newPeople(sql: Plan['sql']): AsyncGenerator<NewPerson[]> {
  for (let last: number | undefined; ; ) {
    const after = last === undefined ? '' : `and old > ${last}`
    const rows = await sql.run(`select old, new, email, name from ${tableIn(sql.names.scratch, PEOPLE)}
      where email is not null ${after} order by old limit ${AT_ONCE}`)
    if (rows.length === 0) return
    yield rows.map((row) => ({ id: Number(row.new), email: String(row.email), name: String(row.name) }))
    last = Number(rows.at(-1)?.old)
    await endOfTurn()
  }
}

function assertSound({ email, name }: NewPerson): void {
  if (normalizeEmail(email) !== email) throw archiveInvalid('a person in it has no e-mail address')
  if (nameOf(name) !== name) throw archiveInvalid('a person in it has no name')
}

function nameOf(name: string): string | undefined {
  try {
    return requireName(name)
  } catch {
    return undefined
  }
}
