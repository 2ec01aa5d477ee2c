import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNode, createTensor, writeOnnx } from '@nootropic/core/formats'
import { expect, test } from 'vitest'
import { scan } from '../src/index.ts'
import { integers, modelOf } from './support/models.ts'

test('of a large model the constants on disk are read, and the rest stays there', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-large-'))
  try {
    const path = join(directory, 'model.onnx')
    const weights = createTensor({ name: 'w', type: 'uint8', dims: [2 ** 26], data: new Uint8Array(2 ** 26) })
    const model = modelOf({
      nodes: [createNode('ConstantOfShape', ['s'], ['y'])],
      initializer: [weights, integers('s', [2 ** 16, 2 ** 16])],
      input: [1],
      output: ['n', 'm'],
    })
    writeFileSync(path, writeOnnx(model))
    const report = await scan(path)
    expect(report.findings.map(({ rule }) => rule)).toEqual(['onnx/unbounded-allocation'])
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
