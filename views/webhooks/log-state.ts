import type { DeliveryStatus } from './status.ts'

/** What the log of deliveries is narrowed to. */
export type LogState = Readonly<{ status: DeliveryStatus | undefined; event: string }>

export const LOG_STATUSES: readonly DeliveryStatus[] = ['waiting', 'delivered', 'failed', 'dropped']

export function logHref(webhookId: number, { status, event }: LogState, cursor?: string): string {
  const query = new URLSearchParams({
    ...(status !== undefined && { status }),
    ...(event !== '' && { event }),
    ...(cursor !== undefined && { cursor }),
  }).toString()
  return query === '' ? `/webhooks/${webhookId}` : `/webhooks/${webhookId}?${query}`
}
