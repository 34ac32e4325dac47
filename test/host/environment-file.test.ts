import { describe, expect, test } from 'bun:test'
import { parseEnvironmentFile, renderEnvironmentFile, withVariable } from '#host/environment-file.ts'

describe('the settings file', () => {
  test('of a fresh installation listens on loopback and names its data folder', () => {
    const text = renderEnvironmentFile({ port: 8123, dataDir: '/var/lib/honeyframe' })
    expect(parseEnvironmentFile(text)).toEqual({ HOST: '127.0.0.1', PORT: '8123', DATA_DIR: '/var/lib/honeyframe' })
  })

  test('keeps a folder with spaces, quotes and backslashes as it is', () => {
    const dataDir = '/srv/a "b" c\\d'
    expect(parseEnvironmentFile(renderEnvironmentFile({ port: 1, dataDir })).DATA_DIR).toBe(dataDir)
  })

  test('is read as systemd reads it: quotes fall, comments and blank lines are passed over, the last line wins', () => {
    const text = `# PORT=1\n; PORT=2\n\nA="x y"\nB='$HOME "z"'\n  C = no\nD=a=b\nE=\nA=last\nno name\nF="open`
    expect(parseEnvironmentFile(text)).toEqual({ A: 'last', B: '$HOME "z"', D: 'a=b', E: '', F: '"open' })
  })

  test('takes a new value in its line and leaves every other line alone', () => {
    const text = `# mine\n\n\nPORT=8000\n#PORT=1\nSMTP_PASSWORD="a $& b"\n`
    expect(withVariable(text, 'PORT', '9000')).toBe(text.replace('8000', '9000'))
  })

  test('takes a new variable at its end', () => {
    expect(withVariable('A=1', 'PORT', '9000')).toBe('A=1\nPORT=9000\n')
    expect(withVariable('', 'NAME', '$& x')).toBe('NAME="$& x"\n')
  })
})
