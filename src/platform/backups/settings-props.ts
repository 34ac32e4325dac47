import type { BackupSettings } from './settings.ts'

export function scheduleOf({ timing, nextRunAt }: BackupSettings, now: Date) {
  return { ...timing, nextRunAt, now }
}

export function storeFormOf({ store }: BackupSettings) {
  if (store) return { ...store, isSet: true }
  return { endpoint: '', region: '', bucket: '', prefix: '', accessKeyId: '', isSet: false, isSecretReadable: true }
}
