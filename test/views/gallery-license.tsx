import { LicenseContent, type LicenseProps } from '#views/license/license.tsx'
import type { SimulatedState } from '#views/license/simulator.tsx'
import type { TourCardProps } from '#views/tour/tour-card.tsx'
import { hoursFromNow, NOW, type Say } from './gallery-data.tsx'

type Shown = Readonly<{ content: JSX.Element; orgs?: number; tour?: TourCardProps }>

const NOTHING = {
  ...{ customer: null, tier: null, expires: null, graceEnds: null, daysRemaining: null, usersLimit: null },
  ...{ usersCount: 3, products: [], features: [], message: null, isClockSuspect: false },
} as const

const EXPIRES = hoursFromNow(2000)
const GRACE_ENDS = hoursFromNow(2336)
const GRACE = { at: EXPIRES, status: 'grace' } as const
const EXPIRED = { at: GRACE_ENDS, status: 'expired' } as const

export function licensePages(say: Say): Record<string, Shown> {
  const bare: LicenseProps = {
    ...{ ...NOTHING, orgName: say('Acme Analytics'), status: 'missing', source: 'none', resolution: [] },
    outlook: { enforcement: 'unset', changes: [], features: [] },
    simulator: { day: '' },
    history: { events: [], canReadAudit: false, now: NOW },
  }
  const full: LicenseProps = {
    ...bare,
    ...{ status: 'valid', source: 'org', customer: say('Acme Ltd'), tier: 'enterprise', expires: EXPIRES },
    ...{ graceEnds: GRACE_ENDS, daysRemaining: 84, usersLimit: 25, usersCount: 23, resolution: [say('row for acme')] },
    ...{ products: [say('hub_platform')], features: [say('Chat connector (chat_connector)'), say('f'.repeat(120))] },
    outlook: { enforcement: 'unset', changes: [GRACE, EXPIRED], features: ['Chat connector', say('f'.repeat(120))] },
    history: historyOf(say),
  }
  const ended = { ...full, status: 'expired', outlook: { ...full.outlook, changes: [] } } as const
  return {
    license: { content: <LicenseContent {...full} simulator={{ day: '2026-06-07', state: expiredState(say) }} /> },
    'license-grace': {
      content: (
        <LicenseContent
          {...full}
          status="grace"
          daysRemaining={0}
          isClockSuspect={true}
          outlook={{ ...full.outlook, changes: [EXPIRED] }}
          simulator={{ day: '2026-05-23', state: OPEN }}
        />
      ),
    },
    'license-missing': { content: <LicenseContent {...bare} resolution={[say('no row for acme')]} /> },
    'license-refused': {
      content: (
        <LicenseContent
          {...ended}
          refusal={say('The licence of this organization has expired.')}
          draft={{ text: say('{"license":{}}'), fault: say('license.kid must be a text.') }}
          simulator={{ day: say('soon'), fault: say('The date is one like 2027-01-31, or a time as in RFC 3339.') }}
        />
      ),
    },
    'license-invalid': {
      content: (
        <LicenseContent
          {...bare}
          status="invalid"
          source="instance"
          resolution={[say('no row for acme'), 'no subscription', 'file']}
          fileFault={say('A licence is no larger than 1024 KiB.')}
          message={say('license.json is a symbolic link, and is not followed.')}
        />
      ),
    },
  }
}

const OPEN: SimulatedState = {
  ...{ at: EXPIRES, status: 'grace', daysRemaining: 0, isClosed: false, closedFeatures: [], openRoutes: [] },
  changes: [EXPIRED],
}

function expiredState(say: Say): SimulatedState {
  return {
    ...{ at: GRACE_ENDS, status: 'expired', daysRemaining: 0, isClosed: true, changes: [] },
    closedFeatures: ['Chat connector', say('f'.repeat(120))],
    openRoutes: ['DELETE /api/auth/tokens/{id}', 'POST /api/license'],
  }
}

function historyOf(say: Say): LicenseProps['history'] {
  const events = [
    { words: say(`Installed a licence: ${'Acme '.repeat(20)}`), actor: say('ada@acme.test'), at: hoursFromNow(-2) },
    { words: say('Uploaded a licence that was refused: other_org'), actor: say('o@a.test'), at: hoursFromNow(-90) },
    { words: 'The licence is gone, because its file was deleted.', actor: 'The operator', at: hoursFromNow(-900) },
  ]
  return { events, canReadAudit: true, now: NOW }
}
