import { afterAll, beforeAll, expect, test } from 'vitest'
import { manifestKinds, schemaAddress } from '../../src/manifest/index.ts'
import { type LanguageServer, startLanguageServer } from './language-server.ts'
import { template, templates } from './templates.ts'

const firstLine = `# yaml-language-server: $schema=${schemaAddress}.json\n`
const committedSchema = new URL('../../../../schema/v1.json', import.meta.url).href
/** The text with its first line naming the committed schema in place of the published one. */
const local = (text: string): string => text.replace(`${schemaAddress}.json`, committedSchema)

let server: LanguageServer

beforeAll(async () => {
  server = await startLanguageServer()
})
afterAll(() => server.stop())

test('every template names the published schema in its first line', () => {
  for (const { path, text } of templates) expect(text.startsWith(firstLine), path).toBe(true)
})

test('no template shows a diagnostic in an editor', async () => {
  const diagnosed = templates.map(async ({ path, text }) => ({ path, diagnostics: await server.diagnose(local(text)) }))
  expect(await Promise.all(diagnosed)).toEqual(templates.map(({ path }) => ({ path, diagnostics: [] })))
})

test('a wrong key, a wrong choice and a wrong value are underlined where they stand', async () => {
  const spoil = async (from: string, to: string) => {
    const text = local(template('inference.yaml').replace(from, to))
    const line = text.split('\n').findIndex((row) => row.includes(to))
    const diagnostics = await server.diagnose(text)
    expect(diagnostics.map(({ range }) => range.start.line)).toContain(line)
    return diagnostics.map(({ message }) => message).join('\n')
  }
  expect(await spoil('  metrics:', '  metricz:')).toContain('metricz')
  expect(await spoil('- throughput', '- speed')).toContain('throughput')
  expect(await spoil('threshold: 100ms', 'threshold: soon')).toContain('pattern')
})

test('kinds are offered, and the keys and choices of the kind that is written', async () => {
  const head = `${local(firstLine)}apiVersion: security.nootropic.ai/v1\n`
  expect([...new Set(await server.complete(`${head}kind: `, 2, 6))].sort()).toEqual([...manifestKinds].sort())

  const isolation = `${head}kind: ProcessIsolation\nmetadata:\n  name: x\nspec:\n  `
  expect(await server.complete(isolation, 6, 2)).toEqual(expect.arrayContaining(['isolation', 'limits', 'require']))
  expect(await server.complete(`${isolation}require: `, 6, 11)).toEqual(
    expect.arrayContaining(['strong', 'standard', 'limits-only', 'none']),
  )
})

test('help is shown for a key', async () => {
  const text = local(template('storage.yaml'))
  const line = text.split('\n').findIndex((row) => row.includes('backup: enabled'))
  expect(await server.hover(text, line, 6)).toContain('an encrypted backup is taken after each registration')
})
