/** What one look found. `fix` says in one sentence what to do; it is absent only where all is well. */
export type Finding = Readonly<{
  check: string
  status: 'ok' | 'warn' | 'fail'
  message: string
  fix?: string
}>

/** Finds for one check. */
export function finder(check: string) {
  return {
    ok: (message: string): Finding => ({ check, status: 'ok', message }),
    warn: (message: string, fix: string): Finding => ({ check, status: 'warn', message, fix }),
    fail: (message: string, fix: string): Finding => ({ check, status: 'fail', message, fix }),
  }
}

/** The worst of them. */
export function worstOf(findings: readonly Finding[]): Finding['status'] {
  const has = (status: Finding['status']) => findings.some((finding) => finding.status === status)
  return has('fail') ? 'fail' : has('warn') ? 'warn' : 'ok'
}
