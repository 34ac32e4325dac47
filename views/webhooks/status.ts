import type { BadgeProps } from '#views/ui/badge.tsx'

export type DeliveryStatus = 'waiting' | 'delivered' | 'failed' | 'dropped'

type Standing = Readonly<{ isActive: boolean; disabledReason: string | null; failingSince: Date | null }>

export function webhookBadge({ isActive, disabledReason, failingSince }: Standing): BadgeProps {
  if (!isActive)
    return disabledReason === null ? { tone: 'unknown', label: 'Off' } : { tone: 'failing', label: 'Disabled' }
  return failingSince === null ? { tone: 'normal', label: 'Active' } : { tone: 'warning', label: 'Failing' }
}

export const DELIVERY_BADGES: Readonly<Record<DeliveryStatus, BadgeProps>> = {
  waiting: { tone: 'pending', label: 'Waiting' },
  delivered: { tone: 'normal', label: 'Delivered' },
  failed: { tone: 'failing', label: 'Refused' },
  dropped: { tone: 'failing', label: 'Dropped' },
}

export function eventsWords(events: readonly string[]): string {
  return events.length === 0 ? 'Every event' : events.join(', ')
}
