import type { MessageType } from './field.ts'
import type { NodeProto, OnnxModel, TensorProto } from './model.ts'
import { modelType, nodeType } from './model-table.ts'
import { tensorType } from './tensor-table.ts'

type Content = Readonly<Record<string, unknown>>

/** A message that was met, and the way to it. */
interface Step {
  readonly type: MessageType
  readonly message: Content
  readonly parent: Step | undefined
  /** The field of the parent that holds it. */
  readonly field: string
  /** Its place in a repeated field. */
  readonly index: number | undefined
}

/** A message that is being gone through: the next of its fields, and the next message in that field. */
interface Visit {
  readonly step: Step
  readonly fields: MessageType['fields']
  field: number
  item: number
}

/** The next message inside the one that is visited; nothing when all were met. */
const nextInside = (visit: Visit): Step | undefined => {
  const { step: parent, fields } = visit
  for (let field = fields[visit.field]; field !== undefined; field = fields[visit.field]) {
    const value = parent.message[field.name]
    const index = field.repeated ? visit.item : undefined
    const message = (index === undefined ? value : (value as readonly unknown[] | undefined)?.[index]) as
      | Content
      | undefined
    if (message === undefined || index === undefined) {
      visit.field += 1
      visit.item = 0
    } else visit.item += 1
    if (message !== undefined && field.type !== undefined)
      return { type: field.type(), message, parent, field: field.name, index }
  }
  return undefined
}

/** The path of a message, such as `graph.node[3].attribute[0].t`; made only where somebody wants it. */
const placeOf = ({ parent, field, index }: Step): string => {
  if (parent === undefined) return ''
  const outer = placeOf(parent)
  return `${outer}${outer === '' ? '' : '.'}${field}${index === undefined ? '' : `[${index}]`}`
}

/** The fields of each message that can lead to a message of these types: names, types and texts are passed over. */
const fieldsTowards = (wanted: readonly MessageType[]): ReadonlyMap<MessageType, MessageType['fields']> => {
  const types = new Set<MessageType>([modelType])
  // A set grows while it is walked, and for...of sees what is added.
  for (const type of types) for (const { type: inner } of type.fields) if (inner !== undefined) types.add(inner())
  const leading = new Set(wanted)
  for (let count = 0; count !== leading.size; ) {
    count = leading.size
    for (const type of types)
      if (type.fields.some((field) => field.type && leading.has(field.type()))) leading.add(type)
  }
  return new Map(
    [...types].map((type) => [type, type.fields.filter((field) => field.type && leading.has(field.type()))]),
  )
}

const tables = new Map<string, ReadonlyMap<MessageType, MessageType['fields']>>()

/** Every message of some types, wherever the tables let one stand, in the order of the file's structure. */
function* walk(model: OnnxModel, ...wanted: readonly MessageType[]): Generator<Step> {
  const key = wanted.map(({ name }) => name).join()
  const fields = tables.get(key) ?? fieldsTowards(wanted)
  tables.set(key, fields)
  const message = model as unknown as Content
  const visiting: Visit[] = []
  const enter = (step: Step): void => {
    visiting.push({ step, fields: fields.get(step.type) ?? [], field: 0, item: 0 })
  }
  enter({ type: modelType, message, parent: undefined, field: '', index: undefined })
  for (let visit = visiting.at(-1); visit !== undefined; visit = visiting.at(-1)) {
    const step = nextInside(visit)
    if (step === undefined) {
      visiting.pop()
      continue
    }
    if (wanted.includes(step.type)) yield step
    enter(step)
  }
}

/**
 * Every tensor of a model, wherever one can stand: initialisers, attributes, subgraphs, functions, sparse tensors,
 * training information. `place` is its path, such as `graph.node[3].attribute[0].t`.
 */
export function* walkTensors(model: OnnxModel): Iterable<{ tensor: TensorProto; place: string }> {
  for (const step of walk(model, tensorType))
    yield { tensor: step.message as unknown as TensorProto, place: placeOf(step) }
}

/** Every node of a model, in its graph, in subgraphs, in functions and in training information. */
export function* walkNodes(model: OnnxModel): Iterable<{ node: NodeProto; place: string }> {
  for (const step of walk(model, nodeType)) yield { node: step.message as unknown as NodeProto, place: placeOf(step) }
}

/** Every tensor and node of a model, in the order of the file; `place` is made when it is called. */
export function* walkContents(
  model: OnnxModel,
): Iterable<{ readonly place: () => string } & ({ readonly tensor: TensorProto } | { readonly node: NodeProto })> {
  for (const step of walk(model, tensorType, nodeType)) {
    const place = (): string => placeOf(step)
    if (step.type === nodeType) yield { node: step.message as unknown as NodeProto, place }
    else yield { tensor: step.message as unknown as TensorProto, place }
  }
}
