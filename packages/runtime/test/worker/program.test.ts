import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { expect, test } from 'vitest'

// The sandbox shows a worker this one file: an import of anything else would fail there, and only there.
const program = readFileSync(new URL('../../dist/worker.js', import.meta.url), 'utf8')

test('the worker program needs Node and onnxruntime-node, and holds no library', () => {
  const imports = [...program.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name)
  expect(imports.filter((name) => !builtinModules.includes(name?.replace('node:', '') ?? ''))).toEqual([
    'onnxruntime-node',
  ])
  // Every worker starts with reading it; zod with its languages would make it thirty times as long.
  expect(program.length).toBeLessThan(64 * 1024)
})
