import { EMAIL, type Install } from './install.ts'

export const ORG_PEOPLE = 20

/** Ids of made-up rows begin after this one, past those that the product gave out. */
export const PAST = 1000
const ADA = `(select id from users where email = '${EMAIL}')`
const NOW = `(select created_at from users where email = '${EMAIL}')`
const HASH = `(select password_hash from users where email = '${EMAIL}')`

/** Makes Ada's org `count` people large. */
export async function addTeammates(install: Install, count: number): Promise<void> {
  const org = `(select org_id from user_orgs where user_id = ${ADA})`
  await addPeople(install, count - 1, `${org}, 'analyst'`)
}

/** Adds orgs of 20 people; the first of each is its admin, and everybody has Ada's password. */
export async function addOrgs(install: Install, count: number): Promise<void> {
  await install.sql(
    `insert into orgs (id, slug, name, created_at) ${counting(count)}
     select ${PAST} + i, 'org-' || i, 'Org Number ' || i, ${NOW} from n`,
  )
  const role = `case when i % ${ORG_PEOPLE} = 1 then 'admin' else 'viewer' end`
  await addPeople(install, count * ORG_PEOPLE, `${PAST + 1} + (i - 1) / ${ORG_PEOPLE}, ${role}`)
  if (install.engine === 'postgres') await install.sql('vacuum analyze')
}

/** The e-mail of the admin of the `place`th added org, from 0. */
export function adminEmail(place: number): string {
  return `person-${place * ORG_PEOPLE + 1}@example.com`
}

async function addPeople(install: Install, count: number, place: string): Promise<void> {
  const person = `${PAST} + i, 'person-' || i || '@example.com', 'Person Number ' || i, ${HASH}, ${NOW}`
  await install.sql(
    `insert into users (id, email, name, password_hash, created_at) ${counting(count)} select ${person} from n`,
    `insert into user_orgs (user_id, org_id, role, created_at) ${counting(count)} select ${PAST} + i, ${place}, ${NOW} from n`,
  )
}

function counting(count: number): string {
  return `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})`
}
