import { describe, expect, test } from 'bun:test'
import { decideConfig } from '#config/config.ts'
import { isNode, parse, sourceFiles, walk } from './source.ts'

const GUIDES = ['README.md', 'docs/operating.md']
/** A name in capitals with an underscore, or one of the few without. */
const VARIABLE = /`([A-Z]+(?:_[A-Z]+)+|HOST|PORT)(?:=[^`]*)?`/g

/** What one of the two knows and the other does not. */
function settingFaults(known: readonly string[], guide: string): string[] {
  const told = [...guide.matchAll(VARIABLE)].map(([, name]) => name ?? '')
  return [
    ...known.filter((name) => !told.includes(name)).map((name) => `${name} is read, and no guide tells of it`),
    ...[...new Set(told)]
      .filter((name) => !known.includes(name))
      .map((name) => `${name} is in a guide, and nothing reads it`),
  ]
}

function verbFaults(verbs: readonly string[], guide: string): string[] {
  const words = [...guide.matchAll(/honeyframe (?=([a-z][a-z-]+))/g)].map(([, word]) => word ?? '')
  const told = words.filter((word) => word !== 'honeyframe')
  return [
    ...verbs.filter((verb) => !told.includes(verb)).map((verb) => `honeyframe ${verb} is in no guide`),
    ...[...new Set(told)].filter((verb) => !verbs.includes(verb)).map((verb) => `there is no honeyframe ${verb}`),
  ]
}

async function guides(): Promise<string> {
  const files = await Array.fromAsync(new Bun.Glob('docs/*.md').scan('.'))
  return (await Promise.all([...new Set([...GUIDES, ...files])].map((path) => Bun.file(path).text()))).join('\n')
}

/** The texts of the list `NAMES`: the variables that the program reads. */
async function variables(): Promise<string[]> {
  return await namesIn('src/config/environment.ts', 'NAMES', 'ArrayExpression')
}

async function verbs(): Promise<string[]> {
  return await namesIn('src/cli/commands.ts', 'COMMANDS', 'ObjectExpression')
}

/** The texts of a list, or the keys of an object, by the name of the constant. */
async function namesIn(path: string, constant: string, type: string): Promise<string[]> {
  const { program } = parse({ path, text: await Bun.file(path).text() })
  const found: string[] = []
  if (!isNode(program)) return found
  walk(program, (node, ancestors) => {
    const declarator = ancestors.findLast((one) => one.type === 'VariableDeclarator')
    const isInside = declarator && isNode(declarator.id) && declarator.id.name === constant
    if (node.type !== type || !isInside || ancestors.some((one) => one.type === type)) return
    for (const item of [node.elements, node.properties].flat()) {
      const name = isNode(item) && item.type === 'Property' ? item.key : item
      if (isNode(name)) found.push(String(name.value ?? name.name))
    }
  })
  return found
}

describe('the guides', () => {
  test('tell of every setting that the program reads, and of no other', async () => {
    const known = await variables()
    expect(known).toContain('JWT_SECRET_PREVIOUS')
    expect(settingFaults(known, await Bun.file('docs/operating.md').text())).toEqual([])
  })

  test('and the program use every setting that is read', async () => {
    const files = (await sourceFiles('src')).filter(({ path }) => path !== 'src/config/environment.ts')
    const unused = (await variables()).filter((name) => !files.some(({ text }) => text.includes(`.${name}`)))
    expect(unused).toEqual([])
  })

  test('tell the settings’ true defaults', async () => {
    const {
      host,
      port,
      apexDomain,
      jwtAlgorithm,
      jwtExpireMinutes,
      trustedProxies,
      logLevel,
      firstOrg,
      auditRetentionDays,
    } = decideConfig({})
    const guide = await Bun.file('docs/operating.md').text()
    const rows: [names: string, values: readonly (string | number)[]][] = [
      ['`HOST`, `PORT`', [host, port]],
      ['`APEX_DOMAIN`', [apexDomain]],
      ['`JWT_ALGORITHM`', [jwtAlgorithm]],
      ['`JWT_EXPIRE_MINUTES`', [jwtExpireMinutes]],
      ['`TRUSTED_PROXIES`', [trustedProxies.join(',')]],
      ['`LOG_LEVEL`', [logLevel]],
      ['`AUDIT_RETENTION_DAYS`', [auditRetentionDays]],
      ['`ORG_SLUG`, `ORG_NAME`', [firstOrg.slug, firstOrg.name]],
    ]
    for (const [names, values] of rows) {
      expect(guide).toContain(`| ${names} | ${values.map((value) => `\`${value}\``).join(', ')} |`)
    }
  })

  test('tell of every verb of the program, and of no other', async () => {
    const known = await verbs()
    expect(known).toContain('serve')
    expect(verbFaults(known, await guides())).toEqual([])
  })
})

describe('this sweep sees', () => {
  test('a setting or a verb that only one side knows', () => {
    expect(settingFaults(['PORT', 'DATA_DIR'], 'Set `PORT` and `DATA_DIR=/srv`.')).toEqual([])
    expect(settingFaults(['PORT', 'DATA_DIR'], 'Set `PORT` and `SMTP_HOST`.')).toEqual([
      'DATA_DIR is read, and no guide tells of it',
      'SMTP_HOST is in a guide, and nothing reads it',
    ])
    expect(verbFaults(['serve', 'backup'], 'Run `honeyframe serve`, then `honeyframe restore`.')).toEqual([
      'honeyframe backup is in no guide',
      'there is no honeyframe restore',
    ])
  })
})
