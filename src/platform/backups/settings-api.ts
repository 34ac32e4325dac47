import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { settingsJson } from './backup-json.ts'
import { testStore } from './object-store.ts'
import { readSettings, updateSettings } from './settings.ts'
import { CHANGE_SETTINGS, READ_SETTINGS, TEST_STORE } from './settings-documentation-api.ts'
import { SettingsBody } from './settings-schemas-api.ts'

/** `/api/backups/settings`: when the org is backed up by itself, and where copies go. */
export function settingsApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/backups/settings' })
    .use(gate(door))
    .get('', async ({ scope }) => settingsJson(await readSettings(ctx, scope)), {
      requires: 'backup.edit',
      detail: READ_SETTINGS,
    })
    .put(
      '',
      async ({ scope, body: { schedule, store } }) => {
        const change = {
          timing: schedule && { ...schedule, weekday: schedule.weekday ?? 0 },
          store: store && { ...store, prefix: store.prefix ?? '', accessKeyId: store.access_key_id },
        }
        return settingsJson(await updateSettings(ctx, scope, change))
      },
      { requires: 'backup.edit', body: SettingsBody, detail: CHANGE_SETTINGS },
    )
    .post('/test', async ({ scope }) => await testStore(ctx, scope), { requires: 'backup.edit', detail: TEST_STORE })
}
