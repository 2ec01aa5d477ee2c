import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readOnnx, readOnnxFile, walkNodes, writeOnnx } from '../../src/formats/index.ts'

const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../../shared', import.meta.url))
const corpus = join(shared, 'data/scan-corpus/benign')

const models = existsSync(corpus)
  ? readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.onnx'))
  : []

test('the corpus is there: benign ONNX files under data/scan-corpus of the shared folder (set NOOTROPIC_SHARED)', () => {
  expect(models.length).toBeGreaterThanOrEqual(50)
})

test.each(models)('%s is read, from memory and from disk, and written byte for byte', async (path) => {
  const bytes = readFileSync(join(corpus, path))
  const model = readOnnx(bytes)
  expect(bytes.equals(writeOnnx(model))).toBe(true)
  const { graph } = model
  const copy = { ...graph, node: graph.node.map((node) => ({ ...node })), input: [...graph.input] }
  expect(bytes.equals(writeOnnx({ ...model, graph: copy }))).toBe(true)
  const onDisk = await readOnnxFile(join(corpus, path))
  expect([...walkNodes(onDisk)].length).toBe([...walkNodes(model)].length)
})
