import { GeneralForm } from '#views/organization/general-form.tsx'
import { OrganizationContent } from '#views/organization/organization.tsx'
import type { EveryOrgProps } from '#views/orgs/every-org.tsx'
import { SlugField } from '#views/orgs/new-org-dialog.tsx'
import { type OrgRowProps, OrgsContent } from '#views/orgs/orgs.tsx'
import type { Brand } from '#views/ui/brand.tsx'
import { hoursFromNow, NOW, type Say } from './gallery-data.tsx'
import type { Shown } from './gallery-shell.tsx'

export const LOGO_URL = '/branding/acme/logo/0'
export const SHEET_URL = '/branding/acme/0.css'

/** The addresses of a brand are ours: no person writes them. */
export function brandOf(say: Say): Brand {
  return { name: say('Acme Analytics'), logoUrl: LOGO_URL, sheetUrl: SHEET_URL }
}

export function orgsPages(say: Say): Record<string, Shown> {
  const orgs = [
    orgRow(say, { isCurrent: true, isDefault: true }),
    orgRow(say, { id: 2, name: say('Beta Bakery'), address: say('beta.app.example.com'), role: 'viewer' }),
  ]
  const refused = { name: say('Acme'), slug: say('acme'), faults: { name: say('Too long.'), slug: say('Taken.') } }
  return {
    orgs: { content: <OrgsContent orgs={orgs} />, orgs: 2 },
    'orgs-by-address': { content: <OrgsContent orgs={orgs.map((org) => ({ ...org, href: '/' }))} />, orgs: 2 },
    'orgs-none': { content: <OrgsContent orgs={[]} /> },
    'orgs-every': {
      content: <OrgsContent orgs={orgs} every={everyOrg(say, { nextCursor: say('abc'), cursor: say('x') })} />,
    },
    'orgs-every-not-found': {
      content: <OrgsContent orgs={orgs} every={everyOrg(say, { rows: [], q: say('zebra') })} />,
    },
    'orgs-every-refused': { content: <OrgsContent orgs={orgs} every={everyOrg(say, { draft: refused })} /> },
    'orgs-slug': { content: <SlugField slug={say('acme')} proposal={say('acme')} /> },
  }
}

export function organizationPages(say: Say): Record<string, Shown> {
  const general = { name: say('Acme Analytics'), address: say('acme.app.example.com') }
  const logo = { name: say('Acme Analytics'), accept: 'image/png,image/jpeg', kilobytesMax: 256, pixelsMax: 2048 }
  const faults = { name: say('Too long.'), color: say('No colour.') }
  return {
    organization: { content: <OrganizationContent general={general} logo={logo} /> },
    'organization-branded': {
      content: <OrganizationContent general={{ ...general, color: '#8a1c7c' }} logo={{ ...logo, logoUrl: LOGO_URL }} />,
      isBranded: true,
    },
    'organization-refused': {
      content: (
        <OrganizationContent
          general={{ ...general, color: '#8a1c7c', faults }}
          logo={{ ...logo, logoUrl: LOGO_URL, fault: say('A logo is a picture.') }}
        />
      ),
    },
    'organization-form': { content: <GeneralForm {...general} faults={faults} /> },
  }
}

function orgRow(say: Say, more: Partial<OrgRowProps> = {}): OrgRowProps {
  return {
    id: 1,
    name: say('Acme Analytics'),
    address: say('acme.app.example.com'),
    role: 'admin',
    isCurrent: false,
    isDefault: false,
    ...more,
  }
}

function everyOrg(say: Say, more: Partial<EveryOrgProps> = {}): EveryOrgProps {
  const row = { name: say('Acme Analytics'), address: say('acme.app.example.com'), createdAt: hoursFromNow(-900) }
  return {
    rows: [
      { ...row, role: 'admin', memberCount: 3 },
      { ...row, role: null, memberCount: 1 },
    ],
    q: '',
    apexDomain: say('app.example.com'),
    now: NOW,
    ...more,
  }
}
