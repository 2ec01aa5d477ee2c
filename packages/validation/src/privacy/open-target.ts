import type { InferenceSession, SessionFactory } from '@nootropic/core'
import { type ModelPackage, modelBytes, type OnnxModel, readOnnx } from '@nootropic/core/formats'
import type { AttackedModel, DifferentiableModel } from '../behaviour/attacks/objective.ts'
import { batchOf, type ClassifierHead, classifierLogits } from '../behaviour/classifier.ts'
import { type Dataset, isFloatTensor } from '../behaviour/dataset.ts'
import { openAttackedModel } from '../behaviour/objectives.ts'
import { range, takeRows } from '../behaviour/rows.ts'
import { openSubject } from '../behaviour/subject.ts'
import { describeHead } from '../gradient/head.ts'
import { countOf } from './examples.ts'

/** The model under attack, open. */
export interface OpenTarget {
  readonly model: AttackedModel | DifferentiableModel
  readonly head: ClassifierHead
  /** Why it has no slope. */
  readonly note?: string
  close(): Promise<void>
}

/** Why a model cannot be attacked. */
export interface NoTarget {
  readonly reason: string
}

/** A session as a classifier whose scores are read as `head` says. */
export const referenceModel = (session: InferenceSession, head: ClassifierHead): AttackedModel | NoTarget => {
  const [input, ...others] = session.inputs
  const [output] = session.outputs
  if (input === undefined || output === undefined || others.length > 0)
    return { reason: `expected a reference model with one input and an output, found ${session.inputs.length} inputs` }
  const classifier = { input: input.name, head: { ...head, output: output.name }, session, batch: batchOf(input) }
  return { classes: head.classes, scores: (inputs) => classifierLogits(classifier, inputs) }
}

const readHead = async (
  graph: OnnxModel['graph'],
  session: InferenceSession,
  { inputs }: Dataset,
): Promise<ClassifierHead | NoTarget> => {
  const [input, ...others] = session.inputs
  const [output] = session.outputs
  if (input === undefined || output === undefined || others.length > 0)
    return { reason: `attacks on privacy need a model with one input, this one has ${session.inputs.length}` }
  if (input.type !== inputs.type)
    return { reason: `the model takes ${input.type}, the examples are ${inputs.type}: convert them` }
  const rows = batchOf(input).isFixed ? batchOf(input).rows : 1
  const probe = takeRows(inputs, new Array<number>(rows).fill(0))
  const scores = (await session.run({ [input.name]: probe }))[output.name]
  const head = scores && isFloatTensor(scores) ? describeHead(graph, output.name, scores.dims) : undefined
  return head ?? { reason: `the output is no row of class scores: ${scores?.type} [${scores?.dims}]` }
}

/** Opens a model as attacks on privacy see it: with slopes where a gradient graph can be derived. */
export const openTarget = async (
  model: ModelPackage,
  options: { readonly sessions: SessionFactory; readonly examples: Dataset; readonly seed: number },
): Promise<OpenTarget | NoTarget> => {
  const { sessions, examples, seed } = options
  const bytes = modelBytes(model)
  const parsed = readOnnx(bytes.main)
  const subject = await openSubject({ path: model.path, model: parsed, bytes, sessions, dataset: examples, seed })
  const { session } = subject
  try {
    const [input] = session.inputs
    const head = await readHead(parsed.graph, session, examples)
    if ('reason' in head || input === undefined) {
      await session.close()
      return 'reason' in head ? head : { reason: 'the model has no input' }
    }
    const open = await openAttackedModel(subject, {
      classifier: { input: input.name, head, session, batch: batchOf(input) },
      rows: range(countOf(examples)),
      inputs: examples.inputs,
      labels: new Array<number>(countOf(examples)).fill(0),
      domain: examples.domain,
      examples: countOf(examples),
      measure: 'consistency',
      isMadeUp: false,
    })
    return {
      model: open.model,
      head,
      ...(open.note === undefined ? {} : { note: open.note }),
      close: async () => {
        await open.close()
        await session.close()
      },
    }
  } catch (error) {
    await session.close()
    throw error
  }
}
