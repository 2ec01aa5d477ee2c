import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createWorkplace, writeKeys } from './support/signed-models.ts'

const card = `---
license: mit
datasets: [mnist]
---
# Digits
`

test('the bill goes to stdout as CycloneDX, and with --json into the envelope of every verb', async () => {
  const place = createWorkplace()
  place.write('plain/README.md', card)
  place.write('plain/weights.bin', 'weights')
  const words = ['sbom', 'plain', '--name', 'digit classifier', '--version', '1.2.0']
  const { exit, output, diagnostics } = await place.nootropic(...words)
  expect([exit, diagnostics]).toEqual([0, ''])
  const bom = JSON.parse(output)
  expect(bom).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: {
      component: {
        type: 'machine-learning-model',
        name: 'digit classifier',
        version: '1.2.0',
        licenses: [{ license: { id: 'MIT' } }],
        components: [{ name: 'README.md' }, { name: 'weights.bin' }],
      },
    },
  })
  const { document } = await place.json(...words)
  const { timestamp: _, ...metadata } = bom.metadata
  expect(document).toMatchObject({ schemaVersion: 1, verdict: 'pass', bom: { ...bom, metadata } })
})

test('a bill inside the model does not list itself, and names the same root as the signature', async () => {
  const place = createWorkplace()
  writeKeys(place, 'signing')
  place.write('plain/weights.bin', 'weights')
  place.write('plain/scratch/x', 'x')
  const words = ['sbom', 'plain', '--output', 'plain/bom.json', '--ignore', 'scratch']
  const first = await place.nootropic(...words)
  expect(first).toEqual({
    exit: 0,
    output: 'plain: 1 files and 0 packages, written to plain/bom.json\n',
    diagnostics: '',
  })
  rmSync(join(place.directory, 'plain/bom.json'))
  const { exit, document } = await place.json(...words)
  expect([exit, document]).toMatchObject([0, { schemaVersion: 1, verdict: 'pass', output: 'plain/bom.json' }])
  const bom = JSON.parse(readFileSync(join(place.directory, 'plain/bom.json'), 'utf8'))
  expect(bom.metadata.component.components).toMatchObject([{ name: 'weights.bin' }])
  const ignored = ['--ignore', 'bom.json', '--ignore', 'scratch']
  const signed = await place.json('sign', 'plain', '--private-key', 'signing.pem', ...ignored)
  expect(document.subject).toEqual({ path: 'plain', digest: signed.document.subject.digest })
})

test('a bill overwrites nothing: no file of the model, and no older bill', async () => {
  const place = createWorkplace()
  place.write('plain/weights.bin', 'weights')
  for (const output of ['plain/weights.bin', 'plain', 'bom.json']) {
    if (output === 'bom.json') expect((await place.nootropic('sbom', 'plain', '-o', output)).exit).toBe(0)
    const { exit, diagnostics } = await place.nootropic('sbom', 'plain', '-o', output)
    expect([exit, diagnostics]).toEqual([2, expect.stringContaining(`${output} is there already; remove it first`)])
  }
  expect(readFileSync(join(place.directory, 'plain/weights.bin'), 'utf8')).toBe('weights')
  expect(readdirSync(join(place.directory, 'plain'))).toEqual(['weights.bin'])
})

test('what could not be read makes the bill incomplete, which stderr and the exit code say', async () => {
  const place = createWorkplace()
  const { exit, output, diagnostics } = await place.nootropic('sbom', 'digits')
  expect(exit).toBe(4)
  expect(JSON.parse(output).bomFormat).toBe('CycloneDX')
  expect(diagnostics).toMatch(/^nootropic: not in the bill of materials: model\.onnx: /)
  const { document } = await place.json('sbom', 'digits', '-o', 'bom.json')
  expect(document).toMatchObject({ verdict: 'incomplete', problems: [expect.stringContaining('model.onnx')] })
})

test.for([
  ['FILE_UNREADABLE', 'sbom', 'none'],
  ['FILE_UNREADABLE', 'sbom', 'digits', '--output', 'nowhere/bom.json'],
  ['USAGE', 'sbom', 'digits', '--ignore', '../other'],
  ['USAGE', 'sbom'],
])('a wrong call of sbom is a usage error: %s', async ([code = '', ...words]) => {
  const { exit, output, diagnostics } = await createWorkplace().nootropic(...words)
  expect([exit, output]).toEqual([2, ''])
  expect(diagnostics).toContain(`${code}: expected`)
})
