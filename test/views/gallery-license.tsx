import { LicenseContent, type LicenseProps } from '#views/license/license.tsx'
import type { TourCardProps } from '#views/tour/tour-card.tsx'
import { hoursFromNow, type Say } from './gallery-data.tsx'

type Shown = Readonly<{ content: JSX.Element; orgs?: number; tour?: TourCardProps }>

const NOTHING = {
  ...{ customer: null, tier: null, expires: null, graceEnds: null, daysRemaining: null, usersLimit: null },
  ...{ usersCount: 3, products: [], features: [], message: null, isClockSuspect: false },
} as const

export function licensePages(say: Say): Record<string, Shown> {
  const full: LicenseProps = {
    ...{ status: 'valid', source: 'org', customer: say('Acme Ltd'), tier: 'enterprise', message: null },
    ...{
      expires: hoursFromNow(2000),
      graceEnds: hoursFromNow(2336),
      daysRemaining: 84,
      usersLimit: 25,
      usersCount: 23,
    },
    ...{ products: [say('hub_platform')], features: [say('Chat connector (chat_connector)'), say('f'.repeat(120))] },
    ...{ resolution: [say('row for acme')], isClockSuspect: false },
  }
  return {
    license: { content: <LicenseContent {...full} /> },
    'license-grace': { content: <LicenseContent {...full} status="grace" daysRemaining={0} isClockSuspect={true} /> },
    'license-missing': {
      content: <LicenseContent {...NOTHING} status="missing" source="none" resolution={[say('no row for acme')]} />,
    },
    'license-refused': {
      content: (
        <LicenseContent
          {...full}
          status="expired"
          refusal={say('The licence of this organization has expired.')}
          draft={{ text: say('{"license":{}}'), fault: say('license.kid must be a text.') }}
        />
      ),
    },
    'license-invalid': {
      content: (
        <LicenseContent
          {...NOTHING}
          status="invalid"
          source="instance"
          resolution={[say('no row for acme'), 'no subscription', 'file']}
          message={say('license.json is a symbolic link, and is not followed.')}
        />
      ),
    },
  }
}
