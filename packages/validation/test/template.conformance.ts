import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { soundGguf, text } from './support/gguf-file.ts'

const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const corpus = join(shared, 'data', 'scan-corpus')

/** The templates of the corpus, each put into a model of its own. */
const templates = (label: 'benign' | 'malicious'): { readonly name: string; readonly template: string }[] => {
  const directory = join(corpus, label, 'modelaudit-assets')
  const names = readdirSync(directory).filter((name) => name.includes('jinja2'))
  if (names.length === 0) throw new Error(`templates must be at ${directory}; set NOOTROPIC_SHARED to the shared data`)
  return names.map((name) => {
    const content = readFileSync(join(directory, name), 'utf8')
    if (!name.endsWith('.json')) return { name, template: content }
    const { chat_template: template } = JSON.parse(content) as { chat_template: string }
    return { name, template }
  })
}

test('every hostile template of the corpus fails, as a file and inside a model', async () => {
  for (const { name, template } of templates('malicious')) {
    const inside = await scan(soundGguf(['tokenizer.chat_template', text(template)]))
    expect([name, inside.verdict]).toEqual([name, 'fail'])
    expect([name, (await scan(Buffer.from(template))).verdict]).toEqual([name, 'fail'])
  }
})

test('every harmless template of the corpus passes inside a model', async () => {
  for (const { name, template } of templates('benign')) {
    const report = await scan(soundGguf(['tokenizer.chat_template', text(template)]))
    expect([name, report.verdict, report.findings]).toEqual([name, 'pass', []])
  }
})
