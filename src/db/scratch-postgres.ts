import postgres from 'postgres'
import { writerOn } from './bulk-postgres.ts'
import type { LeftOut, Scratch, ScratchOptions } from './scratch.ts'
import { quoted, tableIn } from './sql-text.ts'

const LIVE = 'honeyframe'
const PREFIX = 'honeyframe_scratch_'
/** Whoever holds the lock of this class and a schema's number is at work in it. Any number will do for a class. */
const LOCK_CLASS = 480_173
const NUMBER_MAX = 2 ** 31 - 1
const CONNECT_TIMEOUT_S = 10

const TABLES = `select relname as name from pg_class where relkind = 'r' and relnamespace = $1::regnamespace`
const RULES = `select pg_get_indexdef(i.indexrelid) as text from pg_index i join pg_class c on c.oid = i.indrelid
  where i.indisunique and c.relnamespace = $1::regnamespace`

type Client = postgres.Sql

/** A schema of its own, in tables that are not written ahead; a lock of its connection says that somebody is at work in it. */
export async function openScratch({ url, leftOut }: ScratchOptions): Promise<Scratch> {
  await dropDead(url)
  const client = connect(url)
  try {
    const schema = await take(client)
    // All in one go, and so in one transaction: a flush to the disk for each statement would take seconds.
    await client.unsafe(
      [...(await tablesAsLive(client, schema)), ...leftOut.map((one) => relaxed(schema, one))].join(';\n'),
    )
    const names = { live: LIVE, scratch: schema }
    return {
      bulk: writerOn(client),
      names,
      transactionNames: names,
      attach: undefined,
      async [Symbol.asyncDispose]() {
        // A copy that was left in the middle holds the connection, and with it the schema: its end frees both.
        await client.end({ timeout: 0 })
        await dropDead(url)
      },
    }
  } catch (error) {
    await client.end({ timeout: 0 })
    throw error
  }
}

/** Drops the schemas that nobody is at work in. */
export async function dropDead(url: string): Promise<void> {
  const client = connect(url)
  try {
    const found = await client<
      { name: string }[]
    >`select nspname as name from pg_namespace where nspname like ${`${PREFIX}%`}`
    for (const { name } of found) {
      const number = Number(name.slice(PREFIX.length))
      const [lock] = await client<{ free: boolean }[]>`select pg_try_advisory_lock(${LOCK_CLASS}, ${number}) as free`
      if (!lock?.free) continue
      await client.unsafe(`drop schema if exists ${quoted(name)} cascade`)
      await client`select pg_advisory_unlock(${LOCK_CLASS}, ${number})`
    }
  } finally {
    await client.end({ timeout: 0 })
  }
}

function connect(url: string): Client {
  return postgres(url, {
    ...{ max: 1, connect_timeout: CONNECT_TIMEOUT_S, fetch_types: false, max_lifetime: null, onnotice: () => {} },
    connection: { application_name: 'honeyframe', TimeZone: 'UTC' },
  })
}

/** Makes a schema whose number nobody has, and holds it. */
async function take(client: Client): Promise<string> {
  const [row] = await client<{ number: number }[]>`select (random() * ${NUMBER_MAX})::int as number`
  const number = row?.number ?? 0
  const schema = `${PREFIX}${number}`
  await client`select pg_advisory_lock(${LOCK_CLASS}, ${number})`
  await client.unsafe(`create schema ${quoted(schema)}`)
  await client.unsafe(`set search_path = ${quoted(schema)}`)
  return schema
}

/** The live tables with what makes a row one: no references, no triggers, no indexes that only make reading faster. */
async function tablesAsLive(client: Client, schema: string): Promise<string[]> {
  const tables = await client.unsafe(TABLES, [LIVE])
  const rules = await client.unsafe(RULES, [LIVE])
  const like = (name: string) => `(like ${tableIn(LIVE, name)} including defaults including constraints)`
  return [
    ...tables.map(({ name }) => `create unlogged table ${tableIn(schema, String(name))} ${like(String(name))}`),
    ...rules.map(({ text }) => String(text).replace(` ON ${LIVE}.`, ` ON ${quoted(schema)}.`)),
  ]
}

function relaxed(schema: string, { table, column }: LeftOut): string {
  return `alter table ${tableIn(schema, table)} alter column ${quoted(column)} drop not null`
}
