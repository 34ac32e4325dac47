import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

/** Everything that axe can judge by itself. */
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** What changes with the theme, and what with the width; the rest of what axe looks at does with neither. */
export const RULES_OF_COLOR = ['color-contrast', 'link-in-text-block']
export const RULES_OF_SIZE = ['target-size']

const SOURCE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

declare global {
  interface Window {
    axe?: { run(options: RunOptions): Promise<AxeResults> }
  }
}

/**
 * What axe finds on a page as it is, by every rule or by these alone. It is brought along once for each document, and tells no
 * more than what is wrong.
 */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) {
    const session = await page.context().newCDPSession(page)
    // Past the policy of the page, and twice as quick as `page.evaluate` of a text this long.
    await session.send('Runtime.evaluate', { expression: `${SOURCE};0` })
    await session.detach()
  }
  const runOnly = rules ? { type: 'rule' as const, values: [...rules] } : { type: 'tag' as const, values: STANDARDS }
  return await page.evaluate(
    async (options) => {
      const results = await window.axe?.run(options)
      if (results === undefined) throw new Error('axe is not on the page')
      return results.violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
      )
    },
    { runOnly, resultTypes: ['violations'] } satisfies RunOptions,
  )
}
