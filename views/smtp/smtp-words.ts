export type Tls = 'starttls' | 'tls' | 'none'

export const TLS_CHOICES = [
  { value: 'starttls', label: 'STARTTLS (usually port 587)' },
  { value: 'tls', label: 'TLS from the first byte (usually port 465)' },
  { value: 'none', label: 'None: password and mails can be read on the way' },
] as const satisfies readonly { value: Tls; label: string }[]

/** How a relay is spoken to, after its address. */
export const TLS_WORDS: Readonly<Record<Tls, string>> = {
  starttls: 'encrypted by STARTTLS',
  tls: 'encrypted by TLS',
  none: 'not encrypted',
}
