import { sha256Hex } from '#lib/token.ts'
import { developmentSigningKey, signedDocument } from '#scripts/license-signing.ts'
import { EMAIL, type Install } from './install.ts'
import { PAST } from './people.ts'

const AT_ONCE = 100
const NOW = `(select created_at from users where email = '${EMAIL}')`
const TERMS = {
  ...{ version: 1, kid: 'development', customer: 'Bench', tier: 'enterprise', products: ['hub_platform'] },
  ...{ features: ['chat_connector'], users_limit: 100, issued_at: '2026-01-01', expires: '2099-12-31' },
}

/** Gives each of the first `count` orgs of `addOrgs` a document of its own. The product must know the development key. */
export async function addLicenses(install: Install, count: number): Promise<void> {
  const key = developmentSigningKey()
  for (let first = 1; first <= count; first += AT_ONCE) {
    const places = Array.from({ length: Math.min(AT_ONCE, count - first + 1) }, (_, at) => first + at)
    const rows = places.map((place) => {
      const fields = { ...TERMS, license_id: `bench-${place}`, org_slug: `org-${place}` }
      const document = signedDocument(fields, key)
      return `(${PAST + place}, '${document}', '${sha256Hex(document)}', 'upload', ${NOW}, 'bench')`
    })
    const columns = 'org_id, document, sha256, origin, installed_at, installed_by'
    await install.sql(`insert into org_licenses (${columns}) values ${rows.join(', ')}`)
  }
}
