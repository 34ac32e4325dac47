import type { OrgMails } from '#core/mail/mail.ts'
import type { StoredRelay } from '#core/mail/org-mail.ts'
import { parseIpRange } from '#lib/ip-address.ts'
import { vetHost } from '#lib/vetted-host.ts'

const HERE = ['127.0.0.1/32'].flatMap((text) => parseIpRange(text) ?? [])

type Side = Readonly<{ relay?: StoredRelay; ca?: string; addresses?: readonly string[] }>

/** The orgs' side of mail without a database: every org has this name, and every host name is at these addresses. */
export function orgsNamed(name: string, { relay, ca, addresses = ['127.0.0.1'] }: Side = {}): OrgMails {
  return {
    find: async () => ({ name, relay }),
    hasRelay: async () => relay !== undefined,
    vetHost: (host) => vetHost(host, { allow: HERE, resolve: async () => addresses }),
    ca,
  }
}
