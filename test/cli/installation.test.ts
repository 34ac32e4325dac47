import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install, type Machine, type Plan } from '#cli/installation.ts'
import { type Layout, layoutOf } from '#host/layout.ts'
import { renderUnit } from '#host/systemd.ts'
import { systemClock } from '#lib/clock.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hf-install-'))
  await Bun.write(join(root, 'built'), 'program 1')
})
afterEach(() => rm(root, { recursive: true }))

/** The layout of a machine, below a folder that may be thrown away. */
function machineLayout(): Layout {
  const { account, ...paths } = layoutOf('/')
  const below = Object.entries(paths).map(([name, path]) => [name, join(root, path ?? '')])
  return { ...Object.fromEntries(below), account }
}

/** A machine that notes what it is told to do; `failing` is the first word of a command that ends with 1. */
function fakeMachine(facts: { isSystemd?: boolean; isRoot?: boolean; failing?: string; hasAccount?: boolean } = {}) {
  const commands: string[] = []
  const printed: string[] = []
  const became: { argv: string[]; variables: Record<string, string> }[] = []
  const naps: string[] = []
  let isAnswering = true
  const machine: Machine = {
    executable: join(root, 'built'),
    isRoot: facts.isRoot ?? true,
    runner: {
      run: async (argv) => {
        commands.push(argv.join(' '))
        const isRefused = argv[0] === facts.failing || (argv[0] === 'getent' && !facts.hasAccount)
        return { code: isRefused ? 1 : 0, stdout: '', stderr: isRefused ? 'notice\nthe reason\n' : '' }
      },
    },
    clock: { ...systemClock, sleep: async () => void naps.push('nap') },
    isSystemdRunning: async () => facts.isSystemd ?? false,
    isAnswering: async () => isAnswering,
    print: (line) => void printed.push(line),
    become: (argv, variables) => void became.push({ argv, variables }),
  }
  return { machine, commands, printed, became, naps, fallSilent: () => (isAnswering = false) }
}

function plan(layout: Layout, facts: Partial<Plan> = {}): Plan {
  return { layout, port: undefined, mode: 'either', ...facts }
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

describe('an installation in a folder of its own', () => {
  test('places binary, settings and data, and becomes the installed program with the settings', async () => {
    const layout = layoutOf(join(root, 'own'))
    const { machine, commands, became } = fakeMachine({ isRoot: false, isSystemd: true })
    expect(await install(plan(layout, { port: 8123 }), machine)).toBe(0)
    expect(commands).toEqual([])
    expect(await Bun.file(layout.binary).text()).toBe('program 1')
    const modes = await Promise.all([layout.binary, layout.environmentFile, layout.dataDir].map(modeOf))
    expect(modes).toEqual([0o755, 0o600, 0o700])
    expect(became[0]?.argv).toEqual([layout.binary, 'serve'])
    expect(became[0]?.variables).toMatchObject({ HOST: '127.0.0.1', PORT: '8123', DATA_DIR: layout.dataDir })
  })

  test('run again upgrades the binary and keeps settings and data', async () => {
    const layout = layoutOf(join(root, 'own'))
    await install(plan(layout), fakeMachine().machine)
    await Bun.write(join(layout.dataDir, 'honeyframe.db'), 'rows')
    await Bun.write(layout.environmentFile, 'PORT=8500\nSMTP_HOST=mail.example.com\n')
    await Bun.write(join(root, 'built'), 'program 2')
    const { machine, became } = fakeMachine()
    await install(plan(layout), machine)
    expect(await Bun.file(layout.binary).text()).toBe('program 2')
    expect(await Bun.file(layout.environmentFile).text()).toBe('PORT=8500\nSMTP_HOST=mail.example.com\n')
    expect(await Bun.file(join(layout.dataDir, 'honeyframe.db')).text()).toBe('rows')
    expect(became[0]?.variables).toMatchObject({ PORT: '8500', SMTP_HOST: 'mail.example.com' })
    expect(await readdir(join(root, 'own/bin'))).toEqual(['honeyframe'])
  })

  test('with another port changes that one line', async () => {
    const layout = layoutOf(join(root, 'own'))
    await install(plan(layout), fakeMachine().machine)
    const before = await Bun.file(layout.environmentFile).text()
    await install(plan(layout, { port: 9000 }), fakeMachine().machine)
    expect(await Bun.file(layout.environmentFile).text()).toBe(before.replace('PORT=8000', 'PORT=9000'))
    expect(await modeOf(layout.environmentFile)).toBe(0o600)
  })
})

describe('an installation of the machine', () => {
  test('under systemd makes an account, enables the unit and prints address and setup link', async () => {
    const layout = machineLayout()
    const { machine, commands, printed, became } = fakeMachine({ isSystemd: true })
    await Bun.write(join(layout.dataDir, 'setup-link'), 'http://localhost:8000/setup?token=once\n')
    expect(await install(plan(layout), machine)).toBe(0)
    expect(commands).toEqual([
      'getent passwd honeyframe',
      `useradd --system --user-group --home-dir ${layout.dataDir} --no-create-home --shell /usr/sbin/nologin honeyframe`,
      `chown honeyframe:honeyframe ${layout.dataDir}`,
      'systemctl daemon-reload',
      'systemctl enable honeyframe.service',
      'systemctl restart honeyframe.service',
      'systemctl is-active honeyframe.service',
    ])
    const { binary, environmentFile, dataDir } = layout
    const unit = renderUnit({ binary, environmentFile, dataDir, account: 'honeyframe' })
    expect(await Bun.file(layout.unit ?? '').text()).toBe(unit)
    expect(printed.join('\n')).toContain('Address      http://localhost:8000')
    expect(printed.join('\n')).toContain('First admin  http://localhost:8000/setup?token=once')
    expect(became).toEqual([])
  })

  test('that has people already prints no setup link and makes no second account', async () => {
    const { machine, commands, printed } = fakeMachine({ isSystemd: true, hasAccount: true })
    await install(plan(machineLayout()), machine)
    expect(printed.join('\n')).not.toContain('First admin')
    expect(commands.some((command) => command.startsWith('useradd'))).toBe(false)
  })

  test('follows a data folder that the operator moved', async () => {
    const layout = machineLayout()
    await Bun.write(layout.environmentFile, `DATA_DIR=${join(root, 'moved')}\nHOST=0.0.0.0\nPORT=8600\n`)
    const { machine, commands } = fakeMachine({ isSystemd: true })
    await install(plan(layout), machine)
    expect(await Bun.file(layout.unit ?? '').text()).toContain(`ReadWritePaths=${join(root, 'moved')}\n`)
    expect(commands).toContain(`chown honeyframe:honeyframe ${join(root, 'moved')}`)
  })

  test('without systemd runs here, under the account and without the rights of root', async () => {
    const layout = machineLayout()
    const { machine, became } = fakeMachine()
    await install(plan(layout), machine)
    const rights = '--reuid honeyframe --regid honeyframe --init-groups --no-new-privs'
    expect(became[0]?.argv.join(' ')).toBe(`/usr/bin/setpriv ${rights} ${layout.binary} serve`)
  })

  test('asked for the foreground leaves systemd alone', async () => {
    const { machine, commands, became } = fakeMachine({ isSystemd: true })
    await install(plan(machineLayout(), { mode: 'foreground' }), machine)
    expect(commands.some((command) => command.startsWith('systemctl'))).toBe(false)
    expect(became).toHaveLength(1)
  })
})

describe('an installation that cannot be done', () => {
  test('without root says so and touches nothing', async () => {
    const { machine, commands } = fakeMachine({ isRoot: false })
    await expect(install(plan(machineLayout()), machine)).rejects.toThrow('needs root')
    expect(commands).toEqual([])
    expect(await readdir(root)).toEqual(['built'])
  })

  test('from a source tree says what to do', async () => {
    const { machine } = fakeMachine()
    const source = { ...machine, executable: undefined }
    await expect(install(plan(machineLayout()), source)).rejects.toThrow('bun run build')
    expect(await readdir(root)).toEqual(['built'])
  })

  test('as a service where systemd does not run is refused before anything is placed', async () => {
    const { machine } = fakeMachine()
    await expect(install(plan(machineLayout(), { mode: 'service' }), machine)).rejects.toThrow('systemd does not run')
    expect(await readdir(root)).toEqual(['built'])
  })

  test('because a command fails names it and its last words, and can be run again', async () => {
    const layout = machineLayout()
    const { machine } = fakeMachine({ isSystemd: true, failing: 'systemctl' })
    await expect(install(plan(layout), machine)).rejects.toThrow('`systemctl daemon-reload` failed with 1: the reason')
    expect(await install(plan(layout), fakeMachine({ isSystemd: true }).machine)).toBe(0)
  })

  test('because the address stays silent ends after the attempts are used up', async () => {
    const { machine, fallSilent, naps } = fakeMachine({ isSystemd: true })
    fallSilent()
    await expect(install(plan(machineLayout()), machine)).rejects.toThrow('journalctl')
    expect(naps).toHaveLength(60)
  })
})
