import { expect, test } from 'vitest'
import { loadOnnxRuntime } from '../../src/inference/load-onnxruntime.ts'

test('telemetry is off before the native library is loaded', async () => {
  delete process.env.ORT_DISABLE_TELEMETRY
  delete process.env.ORT_TELEMETRY_DISABLED
  await loadOnnxRuntime(async () => {
    expect([process.env.ORT_DISABLE_TELEMETRY, process.env.ORT_TELEMETRY_DISABLED]).toEqual(['1', '1'])
    return import('onnxruntime-node')
  })
})

test('a missing package is named with the line that installs it', async () => {
  const missing = loadOnnxRuntime(() => Promise.reject(new Error("Cannot find package 'onnxruntime-node'")))
  await expect(missing).rejects.toMatchObject({
    code: 'PEER_DEPENDENCY_MISSING',
    message: expect.stringContaining('ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node'),
  })
})
