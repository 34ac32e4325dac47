import type { OrgProbe } from './probing.ts'

/** Whether there is a relay with what it needs: the org's own, else the platform's. No mail is sent. */
export const smtpProbe: OrgProbe = {
  component: 'smtp',
  judge({ config }, { hasOwnRelay }) {
    const platform = config.smtp !== undefined
    const meta = { own_relay: hasOwnRelay, platform_relay: platform }
    if (hasOwnRelay) return { status: 'ok', message: 'Mail goes through the relay of the organization.', meta }
    if (platform) return { status: 'ok', message: 'Mail goes through the relay of the platform.', meta }
    return { status: 'warn', message: 'There is no mail server, so no mail is sent.', meta }
  },
}
