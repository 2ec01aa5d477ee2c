import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'

const python = process.env.PYTHON ?? '/usr/bin/python3'
const isThere = spawnSync(python, ['-c', 'import onnx, numpy']).status === 0

test.skipIf(!isThere)(
  `every model of ONNX's own node tests passes (needs onnx in ${python}: ${isThere ? 'found' : 'NOT FOUND, not run'})`,
  { timeout: 300_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'nootropic-onnx-nodes-'))
    try {
      const generator = fileURLToPath(new URL('./onnx-nodes/generate.py', import.meta.url))
      const { status, stderr } = spawnSync(python, [generator, directory], { encoding: 'utf8' })
      expect([status, stderr]).toEqual([0, ''])
      const files = readdirSync(directory)
      expect(files.length).toBeGreaterThan(900)
      for (const file of files) {
        const { verdict, findings } = await scan(join(directory, file))
        expect([file, verdict, findings]).toEqual([file, 'pass', []])
      }
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  },
)
