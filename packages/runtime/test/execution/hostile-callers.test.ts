import type { Tensor } from '@nootropic/core'
import { createInProcessSessions } from '@nootropic/core/inference'
import { afterEach, expect, test } from 'vitest'
import { defaultExecutionPolicy, type ExecutorParts } from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { additionModel, letterModel } from '../models.ts'
import { openExecution } from './open-execution.ts'

// What a review found that tried to get past the stages, or to have others pay for it.

let execution: Awaited<ReturnType<typeof openExecution>>
const serve = async (changed: Partial<ExecutorParts> = {}) => {
  execution = await openExecution(changed)
  await execution.serve('letters', '1.0.0', letterModel())
  return execution
}
afterEach(() => execution.close())

const texts = (data: string[]): Tensor => ({ type: 'string', dims: [data.length], data })
const numbers = (...data: number[]): Tensor => ({ type: 'float32', dims: [data.length], data: Float32Array.from(data) })
const ask = (text: Tensor, values = numbers(1)) =>
  execution.executor.execute({ model: 'letters', inputs: { text, numbers: values }, credential: 'key' })

test('many short texts are refused before any is read', async () => {
  await serve()
  let reads = 0
  const counted = new Proxy(new Array<string>(100_000).fill(''), {
    get(target, key, receiver) {
      if (key === '0') reads += 1
      return Reflect.get(target, key, receiver)
    },
  })
  const { code, details } = await failureOf(ask({ type: 'string', dims: [100_000], data: counted }))
  expect([code, details.findings]).toMatchObject(['INPUT_INVALID', [{ rule: 'input/text-count' }]])
  expect(reads).toBeLessThanOrEqual(1)
})

test('a model that answers with many short texts is withheld, and the record of thousands of findings is short', async () => {
  const many = texts(new Array<string>(5000).fill('ada@lovelace.example'))
  const sessions: ExecutorParts['sessions'] = {
    async open(model, options) {
      const session = await createInProcessSessions().open(model, options)
      return { ...session, run: async () => ({ letter: many, echo: numbers(1) }) }
    },
  }
  const { entries } = await serve({ sessions })
  expect((await failureOf(ask(texts(['hi'])))).details.findings).toMatchObject([{ rule: 'output/text-count' }])
  await execution.close()
  const unlimited = { bytes: 2 ** 30, textBytes: 2 ** 30, allTextBytes: 2 ** 30, texts: 2 ** 30 }
  const { events } = await serve({ sessions, rules: { limits: unlimited } })
  const { message, details } = await failureOf(ask(texts(['hi'])))
  expect(message.length).toBeLessThan(2000)
  expect((details.findings as unknown[]).length).toBeLessThan(50)
  expect(JSON.stringify([entries, events])).not.toContain('lovelace')
})

test('what is checked is what the model gets, whatever becomes of the buffers of the caller', async () => {
  await serve()
  const values = numbers(2)
  let reads = 0
  const text = {
    type: 'string',
    dims: [1],
    get data() {
      reads += 1
      return reads === 1 ? ['checked'] : ['pay\u202epal']
    },
  } as unknown as Tensor
  const asked = ask(text, values)
  ;(values.data as Float32Array)[0] = Number.NaN
  const { outputs } = await asked
  expect(outputs).toMatchObject({ letter: { data: ['checked'] }, echo: { data: Float32Array.of(2) } })
})

test('inputs that are no tensors, and a model that is no name, are refused and on record', async () => {
  const { entries, events } = await serve()
  for (const inputs of [undefined, { text: null }, { text: { type: 'string', dims: 3, data: 'x' } }]) {
    const error = await failureOf(execution.executor.execute({ model: 'letters', inputs, credential: 'key' } as never))
    expect(error.code).toBe('INPUT_INVALID')
    expect(entries.at(-1)).toMatchObject({ action: 'execute', outcome: 'denied', details: { code: 'INPUT_INVALID' } })
  }
  const model = JSON.parse('{"toString":1,"valueOf":1}')
  const asked = execution.executor.execute({ model, inputs: {}, credential: 'key' })
  expect((await failureOf(asked)).code).toBe('MODEL_NOT_FOUND')
  expect(events.at(-1)).toMatchObject({ type: 'ai.nootropic.execution.refused', data: { code: 'MODEL_NOT_FOUND' } })
})

test('neither message nor record of a withheld answer says what it was', async () => {
  const rules = { models: { letters: { outputs: { values: { echo: { maximum: 9 } } } } } }
  const { entries, events } = await serve({ rules })
  const { message, details } = await failureOf(ask(texts(['hi']), numbers(123_456_789)))
  expect(JSON.stringify([message, details, entries, events])).not.toMatch(/123456[78]/)
  expect(entries.at(-1)).toMatchObject({ reason: 'output/range (1)' })
})

test('after a redaction nothing is left of what was found, where one thing overlapped another', async () => {
  await serve({ rules: { personalData: 'redact', secrets: 'redact' } })
  // In pieces, so that nobody takes it for one that was lost. It opens nothing.
  const key = `AKIA${'IOSFODNN7'}${'EXAMPLQ'}`
  for (const said of [
    `password=${key}:Tr0ub4dor&3xyz`,
    `password="hunter2!${key}/S3cr3tTail!9"`,
    'write to john.smith@example.com.4111-1111-1111-1111 now',
  ]) {
    const answered = await ask(texts([said])).then(
      ({ outputs }) => String(outputs.letter?.data),
      ({ code }) => String(code),
    )
    expect(answered, said).not.toMatch(/Tr0ub|hunter2|S3cr3t|smith|4111/)
  }
})

test('what the rules ignore, and what does nothing without workers, is named in the answer', async () => {
  await serve({ rules: { unsound: 'ignore', secrets: 'ignore' } })
  expect((await ask(texts(['hi']))).switchedOff).toEqual(['rules.secrets', 'rules.unsound'])
  await execution.close()
  const policy = structuredClone(defaultExecutionPolicy)
  Object.assign(policy.execution.execution, { isolation: false })
  await serve({ policy })
  const { switchedOff } = await ask(texts(['hi']))
  expect(switchedOff).toContain('runtime.isolation.networkIsolation')
  expect(switchedOff).toContain('execution.execution.resourceLimits')
})

test('an answer of another shape than declared is withheld even where unsound ones are ignored', async () => {
  const sessions: ExecutorParts['sessions'] = {
    async open(model, options) {
      const session = await createInProcessSessions().open(model, options)
      return { ...session, run: async () => ({ sum: texts(['surprise']) }) }
    },
  }
  execution = await openExecution({ sessions, rules: { unsound: 'ignore' } })
  await execution.serve('adder', '1.0.0', additionModel())
  const row = (...data: number[]): Tensor => ({ type: 'float32', dims: [1, 3], data: Float32Array.from(data) })
  const inputs = { left: row(1, 2, 3), right: row(1, 2, 3) }
  expect((await failureOf(execution.executor.execute({ model: 'adder', inputs, credential: 'key' }))).code).toBe(
    'OUTPUT_INVALID',
  )
})

test('without monitoring nothing is measured at all', async () => {
  const policy = structuredClone(defaultExecutionPolicy)
  Object.assign(policy.execution.execution, { monitoring: false })
  const { measured } = await serve({ policy })
  await ask(texts(['hi']), numbers(1, 2, 3))
  expect(measured).toEqual([])
})

test('a run of long texts lets others have their turns', async () => {
  await serve({ rules: { promptInjection: 'report' } })
  const long = 'an honest sentence about nothing in particular. '.repeat(4000)
  let turns = 0
  const timer = setInterval(() => {
    turns += 1
  }, 1)
  await ask(texts(new Array<string>(12).fill(long)))
  clearInterval(timer)
  expect(turns).toBeGreaterThan(8)
})
