import { trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { defaultExecutionPolicy } from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { additionModel } from '../models.ts'
import { openExecution } from './open-execution.ts'

const exporter = new InMemorySpanExporter()
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
afterAll(() => trace.disable())

let execution: Awaited<ReturnType<typeof openExecution>>
beforeEach(() => exporter.reset())
afterEach(() => execution.close())

const row = (...data: number[]) => ({ type: 'float32', dims: [1, 3], data: Float32Array.from(data) }) as const
const request = { model: 'adder', inputs: { left: row(1, 2, 3), right: row(1, 2, 3) }, credential: 'key' }
const names = (): string[] => exporter.getFinishedSpans().map(({ name }) => name)

test('each stage of an execution is a span, in order, and the execution is one around them', async () => {
  execution = await openExecution()
  await execution.serve('adder', '1.0.0', additionModel())
  await execution.executor.execute(request)
  expect(names()).toEqual([
    'nootropic.authentication',
    'nootropic.permission-verification',
    'nootropic.input-validation',
    'nootropic.resource-check',
    'nootropic.run',
    'nootropic.output-validation',
    'nootropic.audit',
    'nootropic.execution',
  ])
  expect(exporter.getFinishedSpans().at(-1)?.attributes).toEqual({ 'nootropic.model.name': 'adder' })
})

test('a refusal marks the span of its stage by its code, and quotes nothing that was sent', async () => {
  execution = await openExecution()
  await execution.serve('adder', '1.0.0', additionModel())
  await failureOf(
    execution.executor.execute({ ...request, inputs: { left: row(1, 2, 3), '0.8765': row(1, 2, 3) } as never }),
  )
  const failed = exporter.getFinishedSpans().filter(({ status }) => status.code === 2)
  expect(failed.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
    ['nootropic.input-validation', 'INPUT_INVALID'],
    ['nootropic.execution', 'INPUT_INVALID'],
  ])
  expect(JSON.stringify(failed.map(({ attributes, events, status }) => [attributes, events, status]))).not.toContain(
    '0.8765',
  )
})

test('without monitoring there are no spans', async () => {
  const policy = structuredClone(defaultExecutionPolicy) as { execution: { execution: { monitoring: boolean } } }
  policy.execution.execution.monitoring = false
  execution = await openExecution({ policy: policy as never })
  await execution.serve('adder', '1.0.0', additionModel())
  await execution.executor.execute(request)
  expect(names()).toEqual([])
})
