import { readdirSync, readFileSync } from 'node:fs'
import { type GraphProto, readOnnx, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test, vi } from 'vitest'
import { expansions } from '../../src/gradient/expansions.ts'
import { buildGradient } from '../../src/gradient/index.ts'
import { reverseRules } from '../../src/gradient/rules.ts'
import { relativeError } from '../support/gradient-check.ts'

const asked = vi.hoisted(() => new Set<string>())
/** The same rules by the same names, each of which tells when it is asked. */
const listening = vi.hoisted(
  () =>
    <Step, Result>(rules: ReadonlyMap<string, (step: Step) => Result>) =>
      new Map(
        Array.from(rules, ([operator, rule]) => [
          operator,
          (step: Step) => {
            asked.add(operator)
            return rule(step)
          },
        ]),
      ),
)
vi.mock(import('../../src/gradient/rules.ts'), async (original) => {
  const { reverseRules, ...others } = await original()
  return { ...others, reverseRules: listening(reverseRules) }
})
vi.mock(import('../../src/gradient/expansions.ts'), async (original) => {
  const { expansions } = await original()
  return { expansions: listening(expansions) }
})

// Made by tools/gradient-fixtures with PyTorch 1.13: networks of float32 weights, and their slopes in float64.
const folder = new URL('fixtures/', import.meta.url)
const sessions = createInProcessSessions()

interface Encoded {
  readonly dims: readonly number[]
  readonly data: string
}

const bytesOf = (text: string): ArrayBuffer => Uint8Array.from(Buffer.from(text, 'base64')).buffer
const floatTensor = ({ dims, data }: Encoded) =>
  ({ type: 'float32', dims, data: new Float32Array(bytesOf(data)) }) as const

/** The published bound. */
const tolerance = 1e-6

const operatorsOf = (graph: GraphProto): string[] => graph.node.map(({ opType }) => opType)

const names = readdirSync(folder).filter((name) => name.endsWith('.onnx'))

test('there are thirty networks or more to compare', () => {
  expect(names.length).toBeGreaterThanOrEqual(30)
})

for (const name of names) {
  test(`the slope of ${name.replace('.onnx', '')} is PyTorch's in float64`, async () => {
    const model = readOnnx(readFileSync(new URL(name, folder)))
    const fixture = JSON.parse(readFileSync(new URL(name.replace('.onnx', '.json'), folder), 'utf8')) as {
      readonly input: Encoded
      readonly seed: Encoded
      readonly slope: string
    }
    const probe = floatTensor(fixture.input)
    const gradient = await buildGradient(model, { loss: 'seed', sessions, probe })
    if (!gradient.isDerived) throw new Error(`${gradient.reason}: ${gradient.operators.join(', ')}`)
    const session = await sessions.open({ main: writeOnnx(gradient.model) }, { threads: 1 })
    const outputs = await session.run({
      [gradient.names.input]: probe,
      [gradient.names.labels]: floatTensor(fixture.seed),
    })
    await session.close()
    const slope = Array.from(outputs[gradient.names.slope]?.data as Float32Array)
    const expected = Array.from(new Float64Array(bytesOf(fixture.slope)))
    expect(slope.length).toBe(expected.length)
    expect(relativeError(slope, expected)).toBeLessThan(tolerance)
  })
}

/** Whose results are whole numbers, decisions or made of shapes: no walk back arrives there, so no rule is asked. */
const withoutSlope = [
  ...['And', 'ArgMax', 'ArgMin', 'ConstantOfShape', 'Equal', 'Greater', 'GreaterOrEqual', 'IsInf', 'IsNaN', 'Less'],
  'LessOrEqual',
  ...['NonZero', 'Not', 'Or', 'QuantizeLinear', 'Shape', 'Size', 'Xor'],
]

test('together the networks ask every rule and every expansion', () => {
  const known = [...reverseRules.keys(), ...expansions.keys()]
  expect(known.filter((operator) => !asked.has(operator)).sort()).toEqual(withoutSlope)
  const present = new Set(names.flatMap((name) => operatorsOf(readOnnx(readFileSync(new URL(name, folder))).graph)))
  expect(withoutSlope.filter((operator) => !present.has(operator))).toEqual([])
})
