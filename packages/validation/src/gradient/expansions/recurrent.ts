import { floatsAttribute, integerAttribute, textAttribute, textsAttribute } from '../attributes.ts'
import type { Expansion, ExpansionStep } from '../expansion.ts'
import type { Refusal } from '../rule.ts'

// Each step is a dozen nodes: what takes longer to open than to attack is refused (CWE-770).
const maximumSteps = 512

/** Activations that need no parameter. */
const plainActivations = new Set(['Relu', 'Sigmoid', 'Softplus', 'Softsign', 'Tanh'])

/** The weights and the state of one direction. */
interface Direction {
  /** The input's part of all gates, biases included, for each step: `[batch, 1, gates * hidden]`. */
  readonly fromInput: readonly string[]
  /** Its columns are all gates' weights of the state: `[hidden, gates * hidden]`. */
  readonly recurrent: string
  /** The bias of the state's part, where the cell wants it apart: `[gates * hidden]`. */
  readonly recurrentBias: string | undefined
  readonly hidden: number
  readonly activation: (place: number, value: string) => string
  readonly step: ExpansionStep
  /** One row of an input that has one row a direction; nothing when it is left out. */
  readonly own: (index: number) => string | undefined
}

/** What a cell carries from step to step, the output first. */
type State = readonly string[]

interface Cell {
  readonly gates: number
  readonly activations: readonly string[]
  /** Inputs that hold a starting state, in the state's order. */
  readonly states: readonly number[]
  readonly isRecurrentBiasApart: (step: ExpansionStep) => boolean
  readonly refused: (step: ExpansionStep) => string | undefined
  readonly advance: (direction: Direction, fromInput: string, state: State) => State
}

const parts = ({ step }: Direction, value: string, sizes: readonly number[]): string[] =>
  step.graph.addMany('Split', [value, step.graph.integers(sizes)], sizes.length, { axis: -1n })

const rnn: Cell = {
  gates: 1,
  activations: ['Tanh'],
  states: [5],
  isRecurrentBiasApart: () => false,
  refused: () => undefined,
  advance: ({ step: { graph }, activation, recurrent }, fromInput, [output = '']) => [
    activation(0, graph.add('Add', [fromInput, graph.add('MatMul', [output, recurrent])])),
  ],
}

const isResetLast = ({ node }: ExpansionStep): boolean => integerAttribute(node, 'linear_before_reset', 0) !== 0

/** Gates in the order update, reset, candidate (Cho et al. 2014). */
const gru: Cell = {
  gates: 3,
  activations: ['Sigmoid', 'Tanh'],
  states: [5],
  isRecurrentBiasApart: isResetLast,
  refused: () => undefined,
  advance(direction, fromInput, [output = '']) {
    const { step, activation, recurrent, recurrentBias, hidden } = direction
    const { graph } = step
    const sum = (left: string, right: string): string => graph.add('Add', [left, right])
    const product = (left: string, right: string): string => graph.add('Mul', [left, right])
    const [gatesIn = '', candidateIn = ''] = parts(direction, fromInput, [2 * hidden, hidden])
    const biased = (value: string): string => (recurrentBias === undefined ? value : sum(value, recurrentBias))
    const gatesOf = (value: string): string[] => parts(direction, activation(0, sum(gatesIn, value)), [hidden, hidden])
    const candidateOf = (value: string): string => activation(1, sum(candidateIn, value))
    const next = (update: string, candidate: string): string =>
      sum(product(graph.add('Sub', [graph.floats([1]), update]), candidate), product(update, output))
    if (isResetLast(step)) {
      const fromState = biased(graph.add('MatMul', [output, recurrent]))
      const [gatesState = '', candidateState = ''] = parts(direction, fromState, [2 * hidden, hidden])
      const [update = '', reset = ''] = gatesOf(gatesState)
      return [next(update, candidateOf(product(reset, candidateState)))]
    }
    const [gateWeights = '', candidateWeights = ''] = parts(direction, recurrent, [2 * hidden, hidden])
    const [update = '', reset = ''] = gatesOf(graph.add('MatMul', [output, gateWeights]))
    return [next(update, candidateOf(graph.add('MatMul', [product(reset, output), candidateWeights])))]
  },
}

/** Gates in the order input, output, forget, candidate; with peepholes where they are given (Gers et al. 2002). */
const lstm: Cell = {
  gates: 4,
  activations: ['Sigmoid', 'Tanh', 'Tanh'],
  states: [5, 6],
  isRecurrentBiasApart: () => false,
  refused: ({ node }) => (integerAttribute(node, 'input_forget', 0) === 0 ? undefined : 'input_forget'),
  advance(direction, fromInput, [output = '', cell = '']) {
    const { step, activation, recurrent, hidden, own } = direction
    const { graph } = step
    const sum = (left: string, right: string): string => graph.add('Add', [left, right])
    const product = (left: string, right: string): string => graph.add('Mul', [left, right])
    const all = sum(fromInput, graph.add('MatMul', [output, recurrent]))
    const peepholes = own(7)
    const [inGate = '', outGate = '', forgetGate = '', candidate = ''] = parts(
      direction,
      all,
      new Array<number>(4).fill(hidden),
    )
    const [inPeep, outPeep, forgetPeep] =
      peepholes === undefined ? [] : parts(direction, peepholes, new Array<number>(3).fill(hidden))
    const gate = (value: string, peephole: string | undefined, state: string): string =>
      activation(0, peephole === undefined ? value : sum(value, product(peephole, state)))
    const kept = product(gate(forgetGate, forgetPeep, cell), cell)
    const nextCell = sum(kept, product(gate(inGate, inPeep, cell), activation(1, candidate)))
    return [product(gate(outGate, outPeep, nextCell), activation(2, nextCell)), nextCell]
  },
}

const directionsOf = (step: ExpansionStep): readonly ('forward' | 'reverse')[] => {
  const direction = textAttribute(step.node, 'direction', 'forward')
  if (direction === 'bidirectional') return ['forward', 'reverse']
  return [direction === 'reverse' ? 'reverse' : 'forward']
}

const whyNot = (
  step: ExpansionStep,
  cell: Cell,
  activations: readonly string[],
  steps: number,
): Refusal | undefined => {
  const { node, input } = step
  const unknown = activations.find((name) => !plainActivations.has(name))
  if (unknown !== undefined) return { refused: `activation ${unknown}` }
  if (floatsAttribute(node, 'activation_alpha') || floatsAttribute(node, 'activation_beta'))
    return { refused: 'parameters of activations' }
  if (node.attribute.some(({ name }) => name === 'clip')) return { refused: 'clip' }
  if (input(4) !== '') return { refused: 'sequences of several lengths' }
  if (steps > maximumSteps) return { refused: `${steps} steps, more than ${maximumSteps}` }
  const reason = cell.refused(step)
  return reason === undefined ? undefined : { refused: reason }
}

/**
 * A recurrent layer, unrolled over the probed length. The batch axis goes first and the steps second, so that no axis
 * in front of the batch is ever cut.
 */
const unrolled =
  (cell: Cell): Expansion =>
  (step) => {
    const { node, input, shape, graph } = step
    const isBatchFirst = integerAttribute(node, 'layout', 0) !== 0
    const length = shape(input(0))[isBatchFirst ? 1 : 0] ?? 0
    const hidden = shape(input(2)).at(-1) ?? 0
    const directions = directionsOf(step)
    const activations = textsAttribute(node, 'activations') ?? directions.flatMap(() => cell.activations)
    const refusal = whyNot(step, cell, activations, length)
    if (refusal !== undefined) return refusal
    const sequence = isBatchFirst ? input(0) : graph.add('Transpose', [input(0)], { perm: [1n, 0n, 2n] })
    const perDirection = directions.map((name, place) => {
      const own = (index: number): string | undefined =>
        input(index) === '' ? undefined : graph.add('Gather', [input(index), graph.integers([place], [])], { axis: 0n })
      const columns = (index: number): string => graph.add('Transpose', [own(index) ?? ''], { perm: [1n, 0n] })
      const start = (index: number): string =>
        input(index) === ''
          ? graph.floats(new Array<number>(hidden).fill(0), [1, 1, hidden])
          : isBatchFirst
            ? graph.add('Gather', [input(index), graph.integers([place])], { axis: 1n })
            : graph.add('Transpose', [graph.add('Gather', [input(index), graph.integers([place])], { axis: 0n })], {
                perm: [1n, 0n, 2n],
              })
      const biases = own(3)
      const size = cell.gates * hidden
      const [inputBias, recurrentBias] =
        biases === undefined ? [] : graph.addMany('Split', [biases, graph.integers([size, size])], 2, { axis: 0n })
      const isApart = cell.isRecurrentBiasApart(step)
      const projected = graph.add('MatMul', [sequence, columns(1)])
      const biased = [inputBias, isApart ? undefined : recurrentBias].reduce<string>(
        (value, bias) => (bias === undefined ? value : graph.add('Add', [value, bias])),
        projected,
      )
      const fromInput = graph.addMany('Split', [biased, graph.integers(new Array<number>(length).fill(1))], length, {
        axis: 1n,
      })
      const direction: Direction = {
        fromInput,
        recurrent: columns(2),
        recurrentBias: isApart ? recurrentBias : undefined,
        hidden,
        activation: (index, value) => graph.add(activations[place * cell.activations.length + index] ?? '', [value]),
        step,
        own,
      }
      const outputs: string[] = []
      let state: State = cell.states.map(start)
      for (const value of name === 'forward' ? fromInput : fromInput.toReversed()) {
        state = cell.advance(direction, value, state)
        outputs.push(state[0] ?? '')
      }
      const inOrder = name === 'forward' ? outputs : outputs.toReversed()
      return { outputs: graph.add('Concat', inOrder, { axis: 1n }), state }
    })
    const all = graph.add(
      'Concat',
      perDirection.map(({ outputs }) => graph.unsqueeze(outputs, [2])),
      { axis: 2n },
    )
    const last = cell.states.map((_, place) => {
      const joined = graph.add(
        'Concat',
        perDirection.map(({ state }) => state[place] ?? ''),
        { axis: 1n },
      )
      return isBatchFirst ? joined : graph.add('Transpose', [joined], { perm: [1n, 0n, 2n] })
    })
    return [isBatchFirst ? all : graph.add('Transpose', [all], { perm: [1n, 2n, 0n, 3n] }), ...last]
  }

/** Long short-term memory. */
export const expandLstm = unrolled(lstm)
/** Gated recurrent units. */
export const expandGru = unrolled(gru)
/** A plain recurrent layer. */
export const expandRnn = unrolled(rnn)
