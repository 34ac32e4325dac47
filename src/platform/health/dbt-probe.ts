import { MINUTE_MS, SECOND_MS } from '#lib/clock.ts'
import { ExecError } from '#lib/exec.ts'
import type { Probe } from './probing.ts'
import type { Reading } from './reading.ts'

const VERSION_TIMEOUT_MS = 5 * SECOND_MS
const VERSION = /\d+\.\d+(?:\.\d+)?[\w.-]*/

/** `dbt --version`. Nobody needs dbt while no org's models are run by it, so its absence is no fault. */
export const dbtProbe: Probe = {
  component: 'dbt',
  timeoutMs: VERSION_TIMEOUT_MS + SECOND_MS,
  // It is a process that computes for a second: too dear for every look at the page.
  freshMs: 5 * MINUTE_MS,
  async check({ config, exec }) {
    try {
      return readingOf(await exec.run([config.dbtBin, '--version'], { timeoutMs: VERSION_TIMEOUT_MS }))
    } catch (error) {
      if (!(error instanceof ExecError)) throw error
      return error.code === 'timed_out' ? TOO_SLOW : NOT_INSTALLED
    }
  },
}

const NOT_INSTALLED: Reading = {
  status: 'ok',
  message: 'Not installed, and no organization needs it.',
  meta: { is_installed: false },
}
const TOO_SLOW: Reading = {
  status: 'warn',
  message: `dbt --version took longer than ${VERSION_TIMEOUT_MS / SECOND_MS} s.`,
  meta: { is_installed: true },
}

function readingOf({ code, stdout, stderr }: Readonly<{ code: number; stdout: string; stderr: string }>): Reading {
  if (code !== 0) {
    return {
      status: 'warn',
      message: `dbt --version ended with ${code}.`,
      meta: { is_installed: true, exit_code: code },
    }
  }
  const version = VERSION.exec(`${stdout}\n${stderr}`)?.[0].slice(0, 40) ?? null
  return { status: 'ok', message: 'Installed.', meta: { is_installed: true, version } }
}
