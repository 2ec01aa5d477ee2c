import type { ErrorCode, Tensor } from '@nootropic/core'
import { createInProcessSessions } from '@nootropic/core/inference'
import { afterEach, expect, test } from 'vitest'
import {
  defaultExecutionPolicy,
  defaultGuardLimits,
  type ExecutionPolicy,
  type ExecutorParts,
} from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { divisionModel, letterModel } from '../models.ts'
import { openExecution } from './open-execution.ts'

let execution: Awaited<ReturnType<typeof openExecution>>
afterEach(() => execution.close())

type Path = string

/** The default policy with some switches off. */
const without = (...paths: readonly Path[]): ExecutionPolicy => {
  const policy = structuredClone(defaultExecutionPolicy)
  for (const path of paths) {
    const names = path.split('.')
    const last = names.pop() as string
    const group = names.reduce((inner, name) => inner[name] as never, policy as unknown as Record<string, never>)
    ;(group as Record<string, boolean>)[last] = false
  }
  return policy
}

const serveLetters = async (policy: ExecutionPolicy, changed: Partial<ExecutorParts> = {}) => {
  execution = await openExecution({ policy, ...changed })
  await execution.serve('letters', '1.0.0', letterModel())
  return execution
}

const text = (...data: string[]): Tensor => ({ type: 'string', dims: [data.length], data })
const numbers = (...data: number[]): Tensor => ({ type: 'float32', dims: [data.length], data: Float32Array.from(data) })

const ask = (said: string, values: Tensor = numbers(1)) =>
  execution.executor.execute({ model: 'letters', inputs: { text: text(said), numbers: values }, credential: 'key' })

/** What comes of `act`: the answer's text, or an error's code. */
const outcome = async (act: Promise<{ outputs: Record<string, Tensor> }>): Promise<string> => {
  try {
    const { letter } = (await act).outputs
    return letter?.type === 'string' ? (letter.data as string[]).join(' ') : 'answered'
  } catch (error) {
    return (error as { code: string }).code
  }
}

const letter = 'Write to ada@lovelace.example today'
// In pieces, so that nobody takes it for one that was lost. It opens nothing.
const secret = `ghp_${'abcdefghij'}${'ABCDEFGHIJ'}${'0123456789'}${'abcdef'}`
const hidden = 'pay\u202epal'

interface Switch {
  readonly path: Path
  readonly act: () => Promise<{ outputs: Record<string, Tensor> }>
  readonly rules?: ExecutorParts['rules']
  readonly resources?: ExecutorParts['resources']
  /** Others that would refuse the same. */
  readonly also?: readonly Path[]
  readonly on: ErrorCode
  readonly off: string
}

const guardsOfText = ['runtime.outputValidation.privacyCheck']
const switches: Switch[] = [
  {
    path: 'runtime.inputValidation.sanitization',
    act: () => ask(hidden),
    on: 'INPUT_INVALID',
    off: hidden,
  },
  {
    path: 'runtime.inputValidation.sizeLimits',
    act: () => ask('a text of some length'),
    rules: { limits: { ...defaultGuardLimits, textBytes: 10 } },
    also: ['runtime.outputValidation.contentFiltering'],
    on: 'INPUT_INVALID',
    off: 'a text of some length',
  },
  {
    path: 'execution.preExecution.inputValidation',
    act: () => ask(hidden),
    on: 'INPUT_INVALID',
    off: hidden,
  },
  {
    path: 'execution.preExecution.resourceCheck',
    act: () => ask('hello'),
    resources: () => ({ availableBytes: 1000 }),
    on: 'LIMIT_EXCEEDED',
    off: 'hello',
  },
  {
    path: 'runtime.outputValidation.privacyCheck',
    act: () => ask(letter),
    on: 'OUTPUT_INVALID',
    off: letter,
  },
  {
    path: 'runtime.outputValidation.securityScan',
    act: () => ask(`the key is ${secret}`),
    also: guardsOfText,
    on: 'OUTPUT_INVALID',
    off: `the key is ${secret}`,
  },
  {
    path: 'runtime.outputValidation.contentFiltering',
    act: () => ask('a text of some length'),
    rules: { limits: { ...defaultGuardLimits, textBytes: 10 } },
    also: ['runtime.inputValidation.sizeLimits'],
    on: 'OUTPUT_INVALID',
    off: 'a text of some length',
  },
  {
    path: 'execution.postExecution.outputValidation',
    act: () => ask(letter),
    on: 'OUTPUT_INVALID',
    off: letter,
  },
]

for (const { path, act, on, off, also = [], rules, resources } of switches) {
  const parts = { ...(rules ? { rules } : {}), ...(resources ? { resources } : {}) }
  test(`${path}, on, refuses what it is for, and says where`, async () => {
    const { entries, events } = await serveLetters(without(...also), parts)
    expect(await outcome(act())).toBe(on)
    const stage = path.includes('resourceCheck')
      ? 'resource-check'
      : on === 'INPUT_INVALID'
        ? 'input-validation'
        : 'output-validation'
    expect(entries.at(-1)).toMatchObject({ outcome: 'denied', details: { code: on, stage } })
    expect(events.at(-1)).toMatchObject({ type: 'ai.nootropic.execution.refused', data: { code: on, stage } })
  })
  test(`${path}, off, is not done, and the answer names it`, async () => {
    await serveLetters(without(path, ...also), parts)
    expect(await outcome(act())).toBe(off)
    expect((await ask('hi')).switchedOff.toSorted()).toEqual([path, ...also].toSorted())
  })
}

test('formatVerification, on, says which input does not fit; off, only the session refuses it', async () => {
  await serveLetters(without())
  const short = () => execution.executor.execute({ model: 'letters', inputs: { text: text('a') }, credential: 'key' })
  expect((await failureOf(short())).details.findings).toMatchObject([{ rule: 'input/missing' }])
  await execution.close()
  await serveLetters(without('runtime.inputValidation.formatVerification'))
  expect(await failureOf(short())).toMatchObject({ code: 'INPUT_INVALID', details: {} })
})

test('permissionVerification, off, asks nobody', async () => {
  const refusing = { authorize: async () => ({ decision: false, context: { reason: 'nobody may', rules: [] } }) }
  await serveLetters(without(), { authorizer: refusing })
  expect(await outcome(ask('hi'))).toBe('ACCESS_DENIED')
  await execution.close()
  await serveLetters(without('execution.preExecution.permissionVerification'), { authorizer: refusing })
  expect(await outcome(ask('hi'))).toBe('hi')
})

test('auditLogging, off, leaves no entry of an answer or of a refusal', async () => {
  for (const [policy, expected] of [
    [without(), ['succeeded', 'denied']],
    [without('execution.postExecution.auditLogging'), []],
  ] as const) {
    const { entries } = await serveLetters(policy)
    await ask('hi')
    await outcome(ask(hidden))
    expect(entries.filter(({ action }) => action === 'execute').map((entry) => entry.outcome)).toEqual(expected)
    await execution.close()
  }
  await serveLetters(without())
})

test('monitoring, off, measures nothing', async () => {
  const { measured } = await serveLetters(
    without('execution.execution.monitoring', 'runtime.monitoring.behaviorAnalysis'),
  )
  await ask('hi')
  expect(measured).toEqual([])
})

test('behaviorAnalysis measures how answers are spread, unless it is off', async () => {
  const { measured } = await serveLetters(without())
  await ask('hi', numbers(3, 4))
  const answers = measured.filter(({ name }) => name.startsWith('nootropic.answer.'))
  expect(answers).toMatchObject([
    { name: 'nootropic.answer.magnitude', attributes: { model: 'letters', output: 'echo' } },
    { name: 'nootropic.answer.deviation', value: 0.5 },
  ])
  expect(answers[0]?.value).toBeCloseTo(Math.sqrt(12.5), 5)
  await execution.close()
  const { measured: none } = await serveLetters(without('runtime.monitoring.behaviorAnalysis'))
  await ask('hi', numbers(3, 4))
  expect(none.map(({ name }) => name)).toEqual(['nootropic.inference.duration'])
})

test('anomalyDetection tells of an answer that is far from all before, unless it is off', async () => {
  for (const [policy, isTold] of [
    [without(), true],
    [without('runtime.monitoring.anomalyDetection'), false],
  ] as const) {
    const { events } = await serveLetters(policy)
    for (let turn = 0; turn < 120; turn += 1) await ask('hi', numbers(1 + (turn % 7) / 100, 2))
    expect(events.filter(({ data }) => JSON.stringify(data.unusual ?? []).includes('echo'))).toEqual([])
    await ask('hi', numbers(1000, 2000))
    expect(JSON.stringify(events.at(-1)?.data.unusual ?? []).includes('echo mean')).toBe(isTold)
    await execution.close()
  }
  await serveLetters(without())
})

test('disguised texts are made plain where the rules say so, and the answer names it', async () => {
  await serveLetters(without(), { rules: { disguisedText: 'sanitise' } })
  const { outputs, changes } = await ask(hidden)
  expect(outputs.letter?.data).toEqual(['paypal'])
  expect(changes).toEqual(['text[0]: text was made plain'])
})

test('personal data and secrets are taken out of answers where the rules say so, and the answer names it', async () => {
  await serveLetters(without(), { rules: { personalData: 'redact', secrets: 'redact' } })
  const { outputs, changes } = await ask(`${letter}; the key is ${secret}`)
  expect(outputs.letter?.data[0]).toMatch(/^Write to \[e-mail\] today; the key is \[[a-z-]+\]$/)
  expect(changes).toHaveLength(2)
  expect(JSON.stringify(changes)).not.toContain('lovelace')
})

test('a number that no sound model gives is withheld by securityScan', async () => {
  for (const [policy, expected] of [
    [without(), 'OUTPUT_INVALID'],
    [without('runtime.outputValidation.securityScan'), 'answered'],
  ] as const) {
    execution = await openExecution({ policy, sessions: createInProcessSessions() })
    await execution.serve('divider', '1.0.0', divisionModel())
    const inputs = { dividend: numbers(1), divisor: numbers(0) }
    expect(await outcome(execution.executor.execute({ model: 'divider', inputs, credential: 'key' }))).toBe(expected)
    await execution.close()
  }
  await serveLetters(without())
})
