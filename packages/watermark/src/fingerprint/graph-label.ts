import { canonicalJson, type Digest, NootropicError, sha256 } from '@nootropic/core'
import type { FunctionProto, GraphProto, NodeProto, OnnxModel, TensorProto } from '@nootropic/core/formats'

/** What is to be told apart of a constant: its shape alone, or its numbers too. */
export type TensorLabel = (tensor: TensorProto) => string

// Rounds of Weisfeiler and Lehman's colour refinement: each node is told apart by its surroundings up to this distance.
const refinementRounds = 6

// What nodes read, in all graphs, and what subgraphs read from around them, again on each level: each costs some fifty
// microseconds. The largest exported graphs have some 400,000 (CWE-407).
const maximumWires = 2 ** 19

/** One labelling of a model: how its constants are labelled, and how many wires were met. */
interface Labelling {
  readonly tensor: TensorLabel
  wires: number
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** A graph, or the body of a function. */
interface Body {
  readonly node: readonly NodeProto[]
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Labels of the constants that stand outside nodes, by name. */
  readonly constants: ReadonlyMap<string, string>
}

const graphBody = (graph: GraphProto, { tensor: labelTensor }: Labelling): Body => {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, labelTensor(tensor)]))
  for (const { values, indices, dims } of graph.sparseInitializer) {
    const parts = [values, indices].map((part) => part && labelTensor(part))
    constants.set(values?.name ?? '', `sparse [${dims.join(',')}] ${parts.join(' ')}`)
  }
  const inputs = graph.input.map(({ name }) => name).filter((name) => !constants.has(name))
  return { node: graph.node, inputs, outputs: graph.output.map(({ name }) => name), constants }
}

/** A label, and the names of outer values that a subgraph uses, in the order in which the label counts them. */
interface Labelled {
  readonly label: Digest
  readonly captured: readonly string[]
}

/** What a node does, whatever it is wired to. */
const labelOperation = (node: NodeProto, labelling: Labelling): Labelled => {
  const captured: string[] = []
  const attributes = node.attribute
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .map((attribute) => [
      attribute.name,
      attribute.type,
      attribute.refAttrName,
      String(attribute.f),
      String(attribute.i),
      attribute.s === undefined ? '' : hex(attribute.s),
      attribute.floats.map(String),
      attribute.ints.map(String),
      attribute.strings.map(hex),
      [attribute.t ?? [], attribute.tensors].flat().map(labelling.tensor),
      [attribute.g ?? [], attribute.graphs].flat().map((graph) => {
        const inner = labelBody(graphBody(graph, labelling), labelling)
        for (const name of inner.captured) captured.push(name)
        return inner.label
      }),
    ])
  return { label: sha256(canonicalJson([node.domain, node.opType, node.overload, attributes])), captured }
}

/** The constant that a node does nothing but hold. */
const heldConstant = (node: NodeProto): TensorProto | undefined =>
  node.opType === 'Constant' && node.output.length === 1
    ? node.attribute.find(({ name }) => name === 'value')?.t
    : undefined

const labelBody = (body: Body, labelling: Labelling): Labelled => {
  const leaves = new Map([['', 'absent'], ...body.constants])
  for (const [ordinal, name] of body.inputs.entries()) leaves.set(name, `input ${ordinal}`)
  const nodes: { node: NodeProto; operation: Labelled }[] = []
  for (const node of body.node) {
    // A constant is the same in a node as among the initialisers: exporters differ in where they put it.
    const held = heldConstant(node)
    if (held === undefined) nodes.push({ node, operation: labelOperation(node, labelling) })
    else leaves.set(node.output[0] ?? '', labelling.tensor(held))
  }
  const producers = new Map<string, { index: number; slot: number }>()
  for (const [index, { node }] of nodes.entries()) {
    for (const [slot, name] of node.output.entries()) if (name !== '') producers.set(name, { index, slot })
  }
  for (const { node, operation } of nodes) labelling.wires += node.input.length + operation.captured.length
  if (labelling.wires > maximumWires) {
    throw new NootropicError(
      'LIMIT_EXCEEDED',
      `expected a model of at most ${maximumWires} inputs of nodes (maximumWires) to fingerprint, found more; compare its digest instead`,
    )
  }
  const wires = nodes.map(({ node, operation }) => [...node.input, ...operation.captured])
  const readers = nodes.map((): { index: number; slot: number; from: number }[] => [])
  for (const [index, names] of wires.entries()) {
    for (const [slot, name] of names.entries()) {
      const producer = producers.get(name)
      if (producer !== undefined) readers[producer.index]?.push({ index, slot, from: producer.slot })
    }
  }

  const captured = new Map<string, number>()
  let labels: readonly string[] = nodes.map(({ operation }) => operation.label)
  const sourceOf = (name: string): string => {
    const producer = producers.get(name)
    if (producer !== undefined) return `${producer.slot} of ${labels[producer.index]}`
    const leaf = leaves.get(name)
    if (leaf !== undefined) return leaf
    const ordinal = captured.get(name) ?? captured.size
    captured.set(name, ordinal)
    return `outer ${ordinal}`
  }
  for (let round = 0; round < refinementRounds; round += 1) {
    labels = labels.map((label, index) => {
      const sources = (wires[index] ?? []).map(sourceOf)
      const uses = (readers[index] ?? []).map((use) => `${use.from} to ${use.slot} of ${labels[use.index]}`)
      return sha256(canonicalJson([label, sources, uses.sort()]))
    })
  }
  const outputs = body.outputs.map(sourceOf)
  return { label: sha256(canonicalJson([labels.toSorted(), outputs])), captured: [...captured.keys()] }
}

const labelFunction = (content: FunctionProto, labelling: Labelling): string => {
  const { domain, name, overload, node, input, output, attribute, attributeProto } = content
  const { label } = labelBody({ node, inputs: input, outputs: output, constants: new Map() }, labelling)
  const names = [...attribute, ...attributeProto.map((given) => given.name)]
  return canonicalJson([domain, name, overload, label, names.sort()])
}

/**
 * A digest of a model's graph and functions by Weisfeiler and Lehman's colour refinement: renaming values and shuffling
 * nodes or initialisers changes nothing; any other operator, attribute, wire, or constant of another label does.
 *
 * @throws NootropicError `LIMIT_EXCEEDED` for more than 524,288 inputs of nodes
 */
export const labelModel = (model: OnnxModel, labelTensor: TensorLabel): Digest => {
  const labelling: Labelling = { tensor: labelTensor, wires: 0 }
  const { label } = labelBody(graphBody(model.graph, labelling), labelling)
  const functions = model.functions.map((content) => labelFunction(content, labelling))
  const operatorSets = model.opsetImport.map(({ domain, version }) => `${domain} ${version}`)
  return sha256(canonicalJson([label, functions.sort(), operatorSets.sort()]))
}
