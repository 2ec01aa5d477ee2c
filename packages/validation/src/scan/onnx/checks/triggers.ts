import { dataTypes, type NodeProto, type ValueInfoProto } from '@nootropic/core/formats'
import { printable, type Sighting } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import type { Scope } from '../graphs.ts'
import type { OnnxScan } from '../onnx-scan.ts'
import { canonicalDomain } from '../operator-sets.ts'
import { onnxRules } from '../rules.ts'
import type { GraphAnalysis } from '../values/analyse-graph.ts'
import {
  compared,
  countedUpTo,
  countOf,
  type InputTrace,
  isExactPattern,
  joined,
  type Match,
  otherInput,
  plainInput,
} from '../values/trace-input.ts'

/** Numbers of a constant that are looked at: a picture of 256 by 256 pixels has fewer (CWE-770). */
const maximumPattern = 2 ** 18

const comparisons = new Set(['Equal', 'Less', 'Greater', 'LessOrEqual', 'GreaterOrEqual'])

/** Operators that hand on what they are given, or a part of it. */
const moving = new Set(
  'Identity Cast CastLike Dropout Reshape Flatten Squeeze Unsqueeze Transpose Expand Tile Split Slice Pad'.split(' '),
)
const gathering = new Set(['Gather', 'GatherElements', 'GatherND'])
const arithmetic = new Set(
  'Add Sub Mul Div Abs Neg Pow Sqrt Round Floor Ceil Clip Mod Max Min Sum Sign And Or Xor Not Concat'.split(' '),
)
const conjunctions = new Set(['And', 'Mul', 'Min', 'ReduceMin', 'ReduceProd'])

/** Operators through which a Boolean lets another value pass, or moves it. */
const gates = new Set(['Add', 'Sub', 'Mul', 'Max', 'Min', 'Sum'])

const weighted = new Set(
  'Conv ConvTranspose ConvInteger QLinearConv DeformConv MatMul MatMulInteger QLinearMatMul Gemm Einsum LSTM GRU RNN Attention'.split(
    ' ',
  ),
)

/** Whether an operator computes with weights; whatever another domain brings is taken for one that does. */
const isWeighted = (node: NodeProto): boolean => canonicalDomain(node.domain) !== '' || weighted.has(node.opType)

const joinedMatches = (traces: readonly InputTrace[]): readonly Match[] | undefined => {
  const matches = traces.flatMap((trace) => (trace.kind === 'test' || trace.kind === 'trigger' ? [trace.match] : []))
  return matches.length === traces.length ? matches : undefined
}

/** A scope of which the values are followed. */
interface Followed {
  readonly scope: Scope
  readonly graph: GraphAnalysis
  /** How a name comes from the input; nothing for a constant. */
  traceOf(name: string): InputTrace | undefined
  /** The numbers of constants that were read: each is read once, however many nodes compare with it (CWE-407). */
  readonly numbers: Map<string, readonly number[]>
}

const numbersOf = ({ scope, graph, numbers }: Followed, node: NodeProto, index: number): readonly number[] => {
  const name = node.input[index] ?? ''
  const known = numbers.get(name)
  if (known !== undefined) return known
  const read = graph.valueOf(scope, name)?.numbers ?? graph.viewOf(scope, node).numbers(index, maximumPattern) ?? []
  numbers.set(name, read)
  return read
}

const mixed = (traces: readonly InputTrace[]): InputTrace => ({
  kind: traces.some(({ kind }) => kind === 'learned') ? 'learned' : 'other',
})

const picksOne = (followed: Followed, node: NodeProto): boolean => {
  if (node.opType === 'Gather') return numbersOf(followed, node, 1).length === 1
  if (node.opType !== 'Slice') return gathering.has(node.opType)
  const ends = numbersOf(followed, node, 2)
  return numbersOf(followed, node, 1).some((start, index) => ends[index] === start + 1)
}

const moved = (followed: Followed, node: NodeProto, traces: readonly InputTrace[]): InputTrace | undefined => {
  const [data = '', indices = ''] = node.input
  const trace = followed.traceOf(data)
  if (gathering.has(node.opType) && followed.traceOf(indices) !== undefined) {
    // A row of a table that the input chooses is an embedding.
    return trace === undefined ? { kind: 'learned' } : mixed(traces)
  }
  return trace?.kind === 'plain' && picksOne(followed, node) ? { ...trace, isPicked: true } : trace
}

const calculated = (
  { scope, graph, traceOf }: Followed,
  node: NodeProto,
  traces: readonly InputTrace[],
): InputTrace => {
  const [first] = traces
  const matches = joinedMatches(traces)
  if (matches?.[0] !== undefined) {
    const [match] = matches
    if (matches.length > 1 && node.opType !== 'Concat') {
      return joined(matches, conjunctions.has(node.opType) ? 'every' : 'any')
    }
    if (first?.kind === 'test' || first?.kind === 'trigger') {
      return { ...first, match: { ...match, isNegated: match.isNegated !== (node.opType === 'Not') } }
    }
  }
  const plain = traces.flatMap((trace) => (trace.kind === 'plain' ? [trace] : []))
  if (plain.length !== traces.length) return mixed(traces)
  const isShifted =
    (node.opType === 'Sub' || node.opType === 'Add') &&
    node.input.some((name) => traceOf(name) === undefined && (graph.valueOf(scope, name)?.elements ?? 1) > 1)
  const differences = new Set(plain.map(({ difference }) => difference))
  return {
    kind: 'plain',
    isPicked: plain.every(({ isPicked }) => isPicked),
    difference: differences.has('distance')
      ? 'distance'
      : isShifted || differences.has('elements')
        ? 'elements'
        : 'none',
  }
}

const reduced = ({ opType }: NodeProto, trace: InputTrace | undefined): InputTrace | undefined => {
  if (trace?.kind === 'plain') {
    return { ...trace, difference: trace.difference === 'none' ? 'none' : 'distance' }
  }
  if (trace?.kind !== 'test' && trace?.kind !== 'trigger') return trace
  if (opType === 'ReduceMin' || opType === 'ReduceProd') return joined([trace.match], 'every')
  if (opType === 'ReduceMax') return joined([trace.match], 'any')
  return countOf(trace.match, opType === 'ReduceMean' ? 'share' : 'sum')
}

const comparedWith = (followed: Followed, node: NodeProto, traces: readonly InputTrace[]): InputTrace => {
  const [trace] = traces
  if (trace === undefined || traces.length > 1) return mixed(traces)
  const numbers = numbersOf(followed, node, followed.traceOf(node.input[0] ?? '') === undefined ? 0 : 1)
  if (trace.kind === 'plain') return compared(trace, node.opType === 'Equal' ? numbers : [])
  if (trace.kind !== 'test' && trace.kind !== 'trigger') return mixed(traces)
  return trace.match.count === undefined ? trace : countedUpTo(trace.match, numbers[0])
}

/** How the outputs of a node come from the input; nothing for constants. */
const follow = (followed: Followed, node: NodeProto): InputTrace | undefined => {
  const traces = node.input.flatMap((name) => (name === '' ? [] : (followed.traceOf(name) ?? [])))
  const { opType } = node
  // What a subgraph reads of the scopes around it does not stand among the inputs of its node.
  if (node.attribute.some(({ g }) => g !== undefined)) return { kind: 'learned' }
  if (traces.length === 0) return undefined
  if (isWeighted(node)) return { kind: 'learned' }
  if (moving.has(opType) || gathering.has(opType)) return moved(followed, node, traces)
  if (comparisons.has(opType)) return comparedWith(followed, node, traces)
  if (opType.startsWith('Reduce')) return reduced(node, followed.traceOf(node.input[0] ?? ''))
  // One constant or another, as a test says, is that test.
  if (arithmetic.has(opType) || (opType === 'Where' && traces.length === 1)) return calculated(followed, node, traces)
  return mixed(traces)
}

/** The test that decides what a node hands on of what the model has learned. */
const gateOf = ({ traceOf }: Followed, { opType, domain, input }: NodeProto): Match | undefined => {
  if (canonicalDomain(domain) !== '') return undefined
  const traces = input.map(traceOf)
  const decides = opType === 'Where' || opType === 'If' ? traces.slice(0, 1) : gates.has(opType) ? traces : []
  const trigger = decides.find((trace) => trace?.kind === 'trigger')
  const isLearned = opType === 'If' || traces.some((trace) => trace?.kind === 'learned')
  return isLearned && trigger?.kind === 'trigger' ? trigger.match : undefined
}

/** The names from which an output of the scope follows without weights. */
const namesBeforeOutput = (scope: Scope): ReadonlySet<string> => {
  const names = new Set(scope.outputs)
  for (const node of scope.nodes.toReversed()) {
    if (isWeighted(node) || node.opType === 'Shape' || !node.output.some((name) => names.has(name))) continue
    for (const name of node.input) names.add(name)
  }
  return names
}

const floatTypes = new Set<number>([dataTypes.FLOAT, dataTypes.DOUBLE, dataTypes.FLOAT16, dataTypes.BFLOAT16])

/** Whether an input is a single value by which the caller chooses a mode, such as a rate or a language. */
const isChoice = ({ type }: ValueInfoProto): boolean => {
  const dims = type?.tensorType?.shape?.dim
  if (dims === undefined) return false
  return (
    dims.length === 0 ||
    (dims.every(({ dimValue }) => dimValue === 1) && !floatTypes.has(type?.tensorType?.elemType ?? 0))
  )
}

const hasComparison = ({ nodes }: Scope): boolean => nodes.some(({ opType }) => comparisons.has(opType))

function* checkScopes(scan: OnnxScan, graph: GraphAnalysis): Generator<Sighting> {
  const tracesOf = new Map<Scope, Map<string, InputTrace>>()
  // The model's own graph, and the branches of an If that answers for it.
  const answering = new Set(graph.scopes.filter(({ place }) => place === 'graph'))
  for (const scope of graph.scopes) {
    if (!answering.has(scope)) continue
    const constants = new Set(scope.initialisers.map(({ name }) => name))
    const inputs = scope.inputs.filter(({ name }) => !constants.has(name))
    const traces = new Map(inputs.map((input) => [input.name, isChoice(input) ? otherInput : plainInput]))
    tracesOf.set(scope, traces)
    const traceOf = (name: string): InputTrace | undefined => {
      for (let seen: Scope | undefined = scope; seen !== undefined; seen = seen.parent) {
        const trace = tracesOf.get(seen)?.get(name)
        if (trace !== undefined) return trace
      }
      return undefined
    }
    const followed = { scope, graph, traceOf, numbers: new Map() }
    const beforeOutput = namesBeforeOutput(scope)
    for (const [index, node] of scope.nodes.entries()) {
      scan.checkTime?.()
      const isLast = node.output.some((name) => beforeOutput.has(name))
      const match = isLast ? gateOf(followed, node) : undefined
      if (match !== undefined) {
        const isExact = isExactPattern(match)
        yield {
          rule: isExact ? onnxRules['exact-trigger'] : onnxRules['input-gate'],
          message: `expected an output that the weights decide, found ${printable(node.opType)} that ${
            isExact ? 'waits for an exact pattern in the input' : 'a comparison of the input with constants decides'
          }`,
          inside: `${scope.place}.node[${index}]`,
          evidence: { operator: printable(node.opType) },
        }
      }
      const trace = follow(followed, node)
      if (trace !== undefined) for (const name of node.output) traces.set(name, trace)
      if (!isLast || node.opType !== 'If') continue
      for (const { g } of node.attribute) {
        const branch = g === undefined ? undefined : graph.scopeOf(g)
        if (branch !== undefined) answering.add(branch)
      }
    }
  }
}

/** Signs of a backdoor in the graph: a comparison of the input, past all weights, that decides about the output. */
export const triggersCheck: OnnxCheck = {
  name: 'triggers',
  *check(scan, graph) {
    if (graph.scopes.some(hasComparison)) yield* checkScopes(scan, graph)
  },
}
