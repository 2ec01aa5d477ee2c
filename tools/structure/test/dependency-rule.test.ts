import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../../workspace.ts'

// A small copy of the house, so that nothing is planted in the real one: the same rules, the packages' own manifests,
// and one source file each.
const house = mkdtempSync(join(tmpdir(), 'nootropic-house-'))
const libraries = ['core', 'access', 'monitoring', 'nootropic']

beforeAll(() => {
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.base.json', 'package.json'])
    cpSync(join(root, file), join(house, file))
  for (const library of libraries) {
    const folder = join(house, 'packages', library)
    mkdirSync(join(folder, 'src/audit'), { recursive: true })
    mkdirSync(join(folder, 'node_modules/@nootropic'), { recursive: true })
    cpSync(join(root, 'packages', library, 'package.json'), join(folder, 'package.json'))
    for (const other of ['core', 'access']) {
      symlinkSync(join('../../../', other), join(folder, 'node_modules/@nootropic', other))
    }
    writeFileSync(join(folder, 'src/index.ts'), 'export const name = 1\n')
  }
  writeFileSync(join(house, 'packages/access/src/audit/index.ts'), 'export const audit = 1\n')
  // Installed as its peers have it: an import that resolves must be seen as well as one that does not.
  const onnxruntime = join(house, 'node_modules/onnxruntime-node')
  mkdirSync(join(onnxruntime, 'dist'), { recursive: true })
  writeFileSync(join(onnxruntime, 'package.json'), '{ "name": "onnxruntime-node", "main": "dist/index.js" }')
  writeFileSync(join(onnxruntime, 'dist/index.js'), '')
})

afterAll(() => rmSync(house, { recursive: true }))

/** The names of the rules that the house breaks with this source file in it. */
const brokenRules = (file: string, source: string): string[] => {
  const path = join(house, file)
  writeFileSync(path, source)
  try {
    const report = execFileSync(
      join(root, 'node_modules/.bin/depcruise'),
      ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages'],
      { cwd: house, encoding: 'utf8' },
    )
    const { summary } = JSON.parse(report) as { summary: { violations: { rule: { name: string } }[] } }
    return summary.violations.map(({ rule }) => rule.name)
  } finally {
    rmSync(path)
  }
}

test('core may be imported by every library', () => {
  expect(brokenRules('packages/monitoring/src/planted.ts', "import '@nootropic/core'\n")).toEqual([])
})

test('the umbrella may import every library', () => {
  expect(brokenRules('packages/nootropic/src/planted.ts', "import '@nootropic/access'\n")).toEqual([])
})

test.each([
  ['by its name', "import '@nootropic/access'\n"],
  ['by a subpath', "import '@nootropic/access/audit'\n"],
  ['by a path', "import '../../access/src/index.ts'\n"],
  ['by its types only', "import type { name } from '@nootropic/access'\nexport type Name = typeof name\n"],
])('a planted import of a sibling %s is refused', (_, source) => {
  expect(brokenRules('packages/monitoring/src/planted.ts', source)).toContain('libraries-depend-only-on-core')
})

test('core imports nobody, and nobody loads onnxruntime but core/inference', () => {
  expect(brokenRules('packages/core/src/planted.ts', "import '../../access/src/index.ts'\n")).toContain(
    'core-depends-on-no-package',
  )
  expect(brokenRules('packages/access/src/planted.ts', "import 'onnxruntime-node'\n")).toContain(
    'only-inference-loads-onnxruntime',
  )
})
