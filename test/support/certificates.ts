import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localRunner } from '#lib/exec.ts'

/** PEM texts. A self-signed certificate is its own authority: clients that get it as `ca` trust it, all others do not. */
export type Certificate = Readonly<{ key: string; cert: string }>

const TIMEOUT_MS = 20_000

/** A self-signed certificate for these names, made now and valid for two days. */
export async function makeCertificate(names: readonly string[] = ['localhost', '127.0.0.1']): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'honeyframe-certificate-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const alternatives = names.map((name) => `${/^[\d.]+$/.test(name) ? 'IP' : 'DNS'}:${name}`).join(',')
  const argv = ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  argv.push('-keyout', key, '-out', cert, '-days', '2', '-subj', `/CN=${names[0]}`)
  argv.push('-addext', `subjectAltName=${alternatives}`)
  try {
    const { code, stderr } = await localRunner.run(argv, { timeoutMs: TIMEOUT_MS })
    if (code !== 0) throw new Error(`openssl failed: ${stderr}`)
    return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') }
  } finally {
    await rm(folder, { recursive: true })
  }
}
