import type { OrgProbe } from './probing.ts'

/** Whether there is a key for any provider of language models; whether it works is not tried. */
export const llmProbe: OrgProbe = {
  component: 'llm',
  judge({ config }) {
    const { openai, anthropic, ollama } = config.llmProviders
    const count = [openai, anthropic, ollama].filter(Boolean).length
    const meta = { openai, anthropic, ollama }
    if (count === 0) return { status: 'warn', message: 'No provider has a key.', meta }
    return { status: 'ok', message: `${count} of 3 providers are set up.`, meta }
  },
}
