import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'

// The smallest model of each operator among those that `onnx-nodes/generate.py` writes with onnx 1.12 (Apache-2.0);
// `onnx-nodes.conformance.ts` scans all of them.
const models = JSON.parse(readFileSync(new URL('./onnx-nodes/models.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, string>
>

test('a model of each operator of ONNX passes without any finding', async () => {
  expect(Object.keys(models).length).toBeGreaterThan(130)
  for (const [name, content] of Object.entries(models)) {
    const { verdict, findings } = await scan(Buffer.from(content, 'base64'))
    expect([name, verdict, findings]).toEqual([name, 'pass', []])
  }
})
