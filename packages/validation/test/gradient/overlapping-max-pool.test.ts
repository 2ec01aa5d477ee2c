import { createNode, createOnnxModel, createValueInfo, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { buildGradient } from '../../src/gradient/index.ts'
import { numbers } from '../support/models.ts'

interface Window {
  readonly size: readonly number[]
  readonly kernel_shape: readonly number[]
  readonly strides?: readonly number[]
  readonly pads?: readonly number[]
  readonly dilations?: readonly number[]
  readonly ceil_mode?: number
  readonly auto_pad?: string
}

const sessions = createInProcessSessions()
const windows: readonly Window[] = [
  { size: [9], kernel_shape: [4], strides: [3], pads: [2, 1] },
  { size: [7], kernel_shape: [2], strides: [3] },
  { size: [2], kernel_shape: [3], strides: [1], pads: [2, 2] },
  { size: [6, 6], kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  { size: [7, 5], kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
  { size: [8, 7], kernel_shape: [3, 2], strides: [2, 3], pads: [2, 0, 1, 1], ceil_mode: 1 },
  { size: [5, 6], kernel_shape: [5, 5], strides: [1, 1], pads: [2, 2, 2, 2] },
  { size: [9, 8], kernel_shape: [3, 2], strides: [2, 1], dilations: [2, 3], pads: [1, 1, 2, 0] },
  { size: [9, 9], kernel_shape: [2, 2], strides: [2, 3], dilations: [4, 2], pads: [0, 1, 1, 0] },
  { size: [7, 6], kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' },
  { size: [7, 6], kernel_shape: [3, 2], strides: [3, 2], auto_pad: 'SAME_LOWER' },
  { size: [8, 9], kernel_shape: [2, 3], strides: [2, 3], dilations: [3, 2], ceil_mode: 1 },
  { size: [6, 7], kernel_shape: [1, 3], strides: [1, 2] },
  { size: [6, 7], kernel_shape: [3, 1], strides: [1, 1] },
  { size: [6, 7], kernel_shape: [1, 2], strides: [3, 2] },
  { size: [9, 8], kernel_shape: [2, 3], strides: [4, 4] },
  { size: [4, 5, 4], kernel_shape: [3, 2, 3], strides: [1, 2, 2], pads: [1, 0, 1, 1, 1, 1] },
]

for (const { size, ...window } of windows) {
  test(`of ${JSON.stringify({ size, ...window })} each window gives its slope to the element that the kernel names`, async () => {
    const dims = [2, 3, ...size]
    const count = dims.reduce((product, dim) => product * dim, 1)
    // Few whole numbers, so that most windows have ties; none is above 0, so that padding by 0 would show.
    const data = Float32Array.from(numbers(count, 7), (value) => -Math.abs(Math.round(value * 2)) - 1)
    const inputs = { type: 'float32', dims, data } as const
    const attributes = Object.fromEntries(
      Object.entries(window).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : typeof value === 'number' ? BigInt(value) : value.map(BigInt),
      ]),
    )
    const model = (outputs: readonly string[]) =>
      createOnnxModel({
        operatorSets: { '': 17 },
        graph: {
          name: 'pool',
          node: [createNode('MaxPool', ['x'], outputs, attributes)],
          initializer: [],
          input: [createValueInfo({ name: 'x', type: 'float32', dims: ['n', ...dims.slice(1)] })],
          output: outputs.map((name) =>
            createValueInfo({ name, type: name === 'y' ? 'float32' : 'int64', dims: dims.map(() => null) }),
          ),
        },
      })
    const kernel = await sessions.open({ main: writeOnnx(model(['y', 'indices'])) })
    const { y, indices } = await kernel.run({ x: inputs })
    await kernel.close()
    const chosen = Array.from(indices?.data as BigInt64Array, Number)
    const seed = Float32Array.from(numbers(chosen.length, 3), (value) => Math.round(value * 64) || 1)
    const expected = new Float32Array(count)
    for (const [place, index] of chosen.entries()) expected[index] = (expected[index] ?? 0) + (seed[place] ?? 0)

    const gradient = await buildGradient(model(['y']), { loss: 'seed', sessions, probe: inputs })
    if (!gradient.isDerived) throw new Error(gradient.reason)
    const session = await sessions.open({ main: writeOnnx(gradient.model) })
    const outputs = await session.run({
      [gradient.names.input]: inputs,
      [gradient.names.labels]: { type: 'float32', dims: y?.dims ?? [], data: seed },
    })
    await session.close()
    const slope = outputs[gradient.names.slope]?.data as Float32Array
    expect(slope.map((value) => value + 0)).toEqual(expected) // -0 + 0 is 0
  })
}
