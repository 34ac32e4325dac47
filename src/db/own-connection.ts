import postgres from 'postgres'

const CONNECT_TIMEOUT_S = 10

/** What a statement is sent by. */
export type Sql = Pick<postgres.Sql, 'unsafe'>

/**
 * Runs `work` in a transaction on a connection of its own. A stream that is left in the middle cannot be ended by any word, so that a failure ends the connection.
 */
export async function onOwnConnection<T>(url: string, mode: string, work: (own: Sql) => Promise<T>): Promise<T> {
  const client = postgres(url, {
    ...{ max: 1, connect_timeout: CONNECT_TIMEOUT_S, fetch_types: false, max_lifetime: null, onnotice: () => {} },
    connection: { application_name: 'honeyframe', search_path: 'honeyframe', TimeZone: 'UTC' },
  })
  let failure: { error: unknown } | undefined
  try {
    const result = await client.begin(mode, async (own) => {
      try {
        return { value: await work(own) }
      } catch (error) {
        failure = { error }
        void client.end({ timeout: 0 })
        throw error
      }
    })
    return result.value
  } catch (error) {
    throw failure ? failure.error : error
  } finally {
    await client.end({ timeout: 0 })
  }
}
