/** The variables of an installation, as systemd reads them (systemd.exec(5), EnvironmentFile=). */
export function renderEnvironmentFile(facts: { port: number; dataDir: string }): string {
  return `# What Honeyframe reads when it starts. One NAME=value on a line; docs/operating.md lists the names.
# Kept by upgrades. Restart after a change.
HOST=127.0.0.1
PORT=${facts.port}
DATA_DIR=${quoted(facts.dataDir)}

# The address people use; links in mails begin with it.
#PUBLIC_URL=https://data.example.com

# PostgreSQL in place of the SQLite file in DATA_DIR.
#DATABASE_URL=postgres://honeyframe:password@localhost/honeyframe

# The mail server. Without one, an invite's link is shown to the admin who invites.
#SMTP_HOST=smtp.example.com
#SMTP_USERNAME=
#SMTP_PASSWORD=
#SMTP_FROM=Honeyframe <no-reply@example.com>
`
}

/** The variables in `text`. Comments, blank lines and lines without a name are passed over; a later line wins. */
export function parseEnvironmentFile(text: string): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const [, name, value] = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? []
    if (name !== undefined && value !== undefined) variables[name] = unquoted(value.trim())
  }
  return variables
}

/** `text` with `name` set to `value`: in its line when there is one, else in a line of its own at the end. */
export function withVariable(text: string, name: string, value: string): string {
  const line = new RegExp(`^[ \\t]*${name}=.*$`, 'gm')
  const setting = `${name}=${quoted(value)}`
  if (line.test(text)) return text.replace(line, () => setting)
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${setting}\n`
}

function quoted(value: string): string {
  return /^[\w./:@%+,=-]*$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
}

function unquoted(value: string): string {
  const mark = value[0]
  if (value.length < 2 || (mark !== '"' && mark !== "'") || !value.endsWith(mark)) return value
  const inner = value.slice(1, -1)
  return mark === '"' ? inner.replace(/\\(["\\])/g, '$1') : inner
}
